/*
 * Mistakes in the command line, told as those in a file are.
 */
#ifndef BRAID_GATEWAY_MAIN_COMMAND_LINE_H
#define BRAID_GATEWAY_MAIN_COMMAND_LINE_H

#include "base/options.h"

/*
 * Prints to stderr what is wrong with one of the arguments of `braid`, the line as it was typed,
 * and a caret below the part that is meant. arguments[0] is the name of the program.
 */
void command_line_refuse(struct arena *arena, int count, char **arguments,
                         const struct options_mistake *mistake);

#endif

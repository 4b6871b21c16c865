/*
 * libyaml's events become a tree of nodes, bounded while they come: libyaml itself would nest and
 * expand without end.
 */
#ifndef BRAID_CONFIG_YAML_TREE_H
#define BRAID_CONFIG_YAML_TREE_H

#include "config/node.h"
#include "config/yaml_slip.h"

enum yaml_tree_answer {
    YAML_TREE_WHOLE,   /* *ret_root is set; mistakes may have been reported */
    YAML_TREE_STOPPED, /* not YAML: *ret_stop says where; not reported yet */
    YAML_TREE_REFUSED  /* beyond a bound; reported */
};

/* Everything is in the text's arena. */
enum yaml_tree_answer yaml_tree_read(struct yaml_text *yaml, struct diagnostics *diagnostics,
                                     struct node **ret_root, struct yaml_stop *ret_stop);

#endif

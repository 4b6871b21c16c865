/*
 * The bounds of one YAML file, checked while it is read.
 */
#ifndef BRAID_CONFIG_YAML_LIMITS_H
#define BRAID_CONFIG_YAML_LIMITS_H

#define YAML_DEPTH_MAXIMUM   64     /* lists and mappings within each other */
#define YAML_NODES_MAXIMUM   100000 /* aliases counted each time they are used */
#define YAML_ANCHORS_MAXIMUM 1000

#endif

"""The commands of the shell, one module a theme; each `@command` found here is one."""

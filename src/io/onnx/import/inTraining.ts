/** What is wrong with a file whose nodes behave as in training. */
export const IN_TRAINING = "the file is of a network in training mode: export it after .eval()";

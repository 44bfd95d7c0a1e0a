/* SPDX-License-Identifier: Apache-2.0 */
#include "chain/node/node.h"

int main(int argc, char **argv)
{
	return node_main(argc, argv, NULL);
}

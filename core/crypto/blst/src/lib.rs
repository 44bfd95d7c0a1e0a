// SPDX-License-Identifier: Apache-2.0
//! Empty: only the static library that blst's build script leaves behind is linked.

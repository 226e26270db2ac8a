using System.Runtime.InteropServices;

namespace Semblance.Tensors.Kernels;

/// <summary>Represents the argument of assembled code: it computes c = a · panel for a number of rows that is part of the code.</summary>
/// <param name="A">The address of the first row: four bytes, or two bfloat16, for each step.</param>
/// <param name="StrideA">The number of bytes from one row of a to the next.</param>
/// <param name="Panel">The address of the panel: two registers for each step.</param>
/// <param name="Steps">The number of steps, at least 1.</param>
/// <param name="C">The address of the first row of sums, 32-bit integers or float32, two registers wide.</param>
/// <param name="StrideC">The number of bytes from one row of c to the next.</param>
[StructLayout(LayoutKind.Sequential)]
internal readonly record struct TileArgument(nint A, nint StrideA, nint Panel, nint Steps, nint C, nint StrideC);

using System.Runtime.CompilerServices;
using Semblance.Tensors.Instructions;

namespace Semblance.Tensors.Kernels;

/// <summary>
/// Represents the number format of a packed panel. A panel is a row of steps, each two registers wide when it is loaded; the input has one
/// float, or four bytes in the place of a float, for each step.
/// </summary>
internal unsafe interface IPanelElements
{
    /// <summary>Returns the size of a step in floats.</summary>
    static abstract int StepFloats<TLanes>()
        where TLanes : struct, ILanes<TLanes>;

    /// <summary>Returns the number of rows of a product that fit the register file.</summary>
    static abstract int TileRows<TLanes>()
        where TLanes : struct, ILanes<TLanes>;

    /// <summary>Loads the first register of a step.</summary>
    static abstract TLanes Left<TLanes>(float* step)
        where TLanes : struct, ILanes<TLanes>;

    /// <summary>Loads the second register of a step.</summary>
    static abstract TLanes Right<TLanes>(float* step)
        where TLanes : struct, ILanes<TLanes>;

    /// <summary>Adds the products of an input and a register of a step to their sums.</summary>
    static abstract TLanes MultiplyAdd<TLanes>(TLanes input, TLanes weight, TLanes sum)
        where TLanes : struct, ILanes<TLanes>;
}

/// <summary>Represents panels of float32.</summary>
internal readonly unsafe struct FloatElements : IPanelElements
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int StepFloats<TLanes>()
        where TLanes : struct, ILanes<TLanes> => 2 * TLanes.Count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int TileRows<TLanes>()
        where TLanes : struct, ILanes<TLanes> => TLanes.TileRows;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes Left<TLanes>(float* step)
        where TLanes : struct, ILanes<TLanes> => TLanes.Load(step);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes Right<TLanes>(float* step)
        where TLanes : struct, ILanes<TLanes> => TLanes.Load(step + TLanes.Count);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes MultiplyAdd<TLanes>(TLanes input, TLanes weight, TLanes sum)
        where TLanes : struct, ILanes<TLanes> => TLanes.MultiplyAdd(input, weight, sum);
}

/// <summary>
/// Represents panels of bfloat16: a lane of a step has the elements of both registers, so that a shift or a mask widens them. In panels of
/// assembled code, a lane has two consecutive elements of one column.
/// </summary>
internal readonly unsafe struct BFloat16Elements : IPanelElements
{
    /// <summary>The number of elements of an input in a step of assembled code.</summary>
    public const int PairDepth = 2;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int StepFloats<TLanes>()
        where TLanes : struct, ILanes<TLanes> => TLanes.Count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int TileRows<TLanes>()
        where TLanes : struct, ILanes<TLanes> => TLanes.TileRows;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes Left<TLanes>(float* step)
        where TLanes : struct, ILanes<TLanes> => TLanes.LowerBFloat16(TLanes.Load(step));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes Right<TLanes>(float* step)
        where TLanes : struct, ILanes<TLanes> => TLanes.UpperBFloat16(TLanes.Load(step));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes MultiplyAdd<TLanes>(TLanes input, TLanes weight, TLanes sum)
        where TLanes : struct, ILanes<TLanes> => TLanes.MultiplyAdd(input, weight, sum);
}

/// <summary>
/// Represents panels of signed bytes: a lane of a step has four elements of one column, and the sums are 32-bit integers.
/// </summary>
internal readonly unsafe struct ByteElements : IPanelElements
{
    /// <summary>The number of elements of an input in a step.</summary>
    public const int Depth = sizeof(float);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int StepFloats<TLanes>()
        where TLanes : struct, ILanes<TLanes> => 2 * TLanes.Count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int TileRows<TLanes>()
        where TLanes : struct, ILanes<TLanes> => TLanes.ByteTileRows;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes Left<TLanes>(float* step)
        where TLanes : struct, ILanes<TLanes> => TLanes.Load(step);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes Right<TLanes>(float* step)
        where TLanes : struct, ILanes<TLanes> => TLanes.Load(step + TLanes.Count);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes MultiplyAdd<TLanes>(TLanes input, TLanes weight, TLanes sum)
        where TLanes : struct, ILanes<TLanes> => TLanes.AddByteProducts(sum, input, weight);
}

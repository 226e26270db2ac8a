using System.Runtime.CompilerServices;
using Semblance.Tensors.Instructions;

namespace Semblance.Tensors.Kernels;

/// <summary>What floats are stored as in memory; they are loaded divided by a constant, which the other factor makes good.</summary>
internal unsafe interface IStoredElements
{
    /// <summary>The number of bytes of one.</summary>
    static abstract int Size { get; }

    /// <summary>What they are divided by when they are loaded.</summary>
    static abstract float Divisor { get; }

    static abstract TLanes Load<TLanes>(byte* row, int index)
        where TLanes : struct, ILanes<TLanes>;

    static abstract float Load(byte* row, int index);
}

/// <summary>Float32, as it is.</summary>
internal readonly unsafe struct SingleElements : IStoredElements
{
    public static int Size => sizeof(float);

    public static float Divisor => 1;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes Load<TLanes>(byte* row, int index)
        where TLanes : struct, ILanes<TLanes> => TLanes.Load((float*)row + index);

    public static float Load(byte* row, int index) => ((float*)row)[index];
}

/// <summary>Float16, divided by 2¹¹²: widening it takes a shift and a mask.</summary>
internal readonly unsafe struct HalfElements : IStoredElements
{
    public static int Size => sizeof(ushort);

    public static float Divisor => RowProducts.HalfDivisor;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes Load<TLanes>(byte* row, int index)
        where TLanes : struct, ILanes<TLanes> => TLanes.LoadHalf((Half*)row + index);

    public static float Load(byte* row, int index) => (float)((Half*)row)[index] / Divisor;
}

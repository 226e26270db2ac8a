using System.Runtime.CompilerServices;
using Semblance.Tensors.Instructions;

namespace Semblance.Tensors.Kernels;

/// <summary>
/// Represents the type that floats are stored in; they are loaded divided by a constant, with which the other factor has been multiplied.
/// </summary>
internal unsafe interface IStoredElements
{
    /// <summary>Gets the size of an element in bytes.</summary>
    static abstract int Size { get; }

    /// <summary>Gets the constant by which elements are divided when they are loaded.</summary>
    static abstract float Divisor { get; }

    static abstract TLanes Load<TLanes>(byte* row, int index)
        where TLanes : struct, ILanes<TLanes>;

    static abstract float Load(byte* row, int index);
}

/// <summary>Represents float32 elements.</summary>
internal readonly unsafe struct SingleElements : IStoredElements
{
    public static int Size => sizeof(float);

    public static float Divisor => 1;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes Load<TLanes>(byte* row, int index)
        where TLanes : struct, ILanes<TLanes> => TLanes.Load((float*)row + index);

    public static float Load(byte* row, int index) => ((float*)row)[index];
}

/// <summary>Represents float16 elements, divided by 2¹¹²: widening takes a shift and a mask.</summary>
internal readonly unsafe struct HalfElements : IStoredElements
{
    public static int Size => sizeof(ushort);

    public static float Divisor => RowProducts.HalfDivisor;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes Load<TLanes>(byte* row, int index)
        where TLanes : struct, ILanes<TLanes> => TLanes.LoadHalf((Half*)row + index);

    public static float Load(byte* row, int index) => (float)((Half*)row)[index] / Divisor;
}

using System.Runtime.CompilerServices;
using Semblance.Tensors.Instructions;

namespace Semblance.Tensors.Kernels;

/// <summary>One activation function on a register.</summary>
internal interface IActivation
{
    static abstract TLanes Apply<TLanes>(TLanes x)
        where TLanes : struct, ILanes<TLanes>;
}

internal readonly struct Identity : IActivation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes Apply<TLanes>(TLanes x)
        where TLanes : struct, ILanes<TLanes> => x;
}

internal readonly struct Gelu : IActivation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes Apply<TLanes>(TLanes x)
        where TLanes : struct, ILanes<TLanes>
    {
        var half = x * TLanes.Broadcast(0.5f);
        return TLanes.MultiplyAdd(half, VectorMath<TLanes>.Erf(x * TLanes.Broadcast(0.70710678f)), half);
    }
}

internal readonly struct GeluTanh : IActivation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes Apply<TLanes>(TLanes x)
        where TLanes : struct, ILanes<TLanes>
    {
        // √(2/π) · (x + 0.044715 x³)
        var inner = TLanes.MultiplyAdd(x * x * x, TLanes.Broadcast(0.044715f), x) * TLanes.Broadcast(0.79788456f);
        var half = x * TLanes.Broadcast(0.5f);
        return TLanes.MultiplyAdd(half, VectorMath<TLanes>.Tanh(inner), half);
    }
}

internal readonly struct QuickGelu : IActivation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes Apply<TLanes>(TLanes x)
        where TLanes : struct, ILanes<TLanes> => x * VectorMath<TLanes>.Sigmoid(x * TLanes.Broadcast(1.702f));
}

internal readonly struct Relu : IActivation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes Apply<TLanes>(TLanes x)
        where TLanes : struct, ILanes<TLanes> => TLanes.Max(TLanes.Zero, x);
}

internal readonly struct Silu : IActivation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes Apply<TLanes>(TLanes x)
        where TLanes : struct, ILanes<TLanes> => x * VectorMath<TLanes>.Sigmoid(x);
}

internal readonly struct Tanh : IActivation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes Apply<TLanes>(TLanes x)
        where TLanes : struct, ILanes<TLanes> => VectorMath<TLanes>.Tanh(x);
}

internal readonly struct Sigmoid : IActivation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes Apply<TLanes>(TLanes x)
        where TLanes : struct, ILanes<TLanes> => VectorMath<TLanes>.Sigmoid(x);
}

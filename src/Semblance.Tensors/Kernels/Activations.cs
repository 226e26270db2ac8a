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

internal readonly struct GeluClipped : IActivation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes Apply<TLanes>(TLanes x)
        where TLanes : struct, ILanes<TLanes> => TLanes.Min(TLanes.Broadcast(10f), TLanes.Max(TLanes.Broadcast(-10f), Gelu.Apply(x)));
}

internal readonly struct Relu6 : IActivation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes Apply<TLanes>(TLanes x)
        where TLanes : struct, ILanes<TLanes> => TLanes.Min(TLanes.Broadcast(6f), Relu.Apply(x));
}

internal readonly struct ReluSquared : IActivation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes Apply<TLanes>(TLanes x)
        where TLanes : struct, ILanes<TLanes>
    {
        var positive = Relu.Apply(x);
        return positive * positive;
    }
}

internal readonly struct LeakyRelu : IActivation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes Apply<TLanes>(TLanes x)
        where TLanes : struct, ILanes<TLanes> => TLanes.SelectLess(x, TLanes.Zero, x * TLanes.Broadcast(0.01f), x);
}

internal readonly struct Mish : IActivation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes Apply<TLanes>(TLanes x)
        where TLanes : struct, ILanes<TLanes>
    {
        // With p = eˣ, tanh(ln(1 + p)) is (p² + 2p) / (p² + 2p + 2); from 20 on it is 1.
        var power = VectorMath<TLanes>.Exp(TLanes.Min(TLanes.Broadcast(20f), x));
        var square = TLanes.MultiplyAdd(power, power, power + power);
        return x * (square / (square + TLanes.Broadcast(2f)));
    }
}

internal readonly struct Laplace : IActivation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes Apply<TLanes>(TLanes x)
        where TLanes : struct, ILanes<TLanes>
    {
        // The mean is √½, the deviation √(1 / 4π).
        var erf = VectorMath<TLanes>.Erf((x - TLanes.Broadcast(0.70710678f)) * TLanes.Broadcast(2.5066283f));
        return TLanes.MultiplyAdd(erf, TLanes.Broadcast(0.5f), TLanes.Broadcast(0.5f));
    }
}

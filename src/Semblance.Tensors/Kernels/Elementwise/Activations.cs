using System.Runtime.CompilerServices;
using Semblance.Tensors.Instructions;

namespace Semblance.Tensors.Kernels;

/// <summary>Represents one activation function on a register, and its derivative.</summary>
internal interface IActivation
{
    static abstract TLanes Apply<TLanes>(TLanes x)
        where TLanes : struct, ILanes<TLanes>;

    static abstract TLanes Derivative<TLanes>(TLanes x)
        where TLanes : struct, ILanes<TLanes>;
}

internal readonly struct Identity : IActivation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes Apply<TLanes>(TLanes x)
        where TLanes : struct, ILanes<TLanes> => x;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes Derivative<TLanes>(TLanes x)
        where TLanes : struct, ILanes<TLanes> => TLanes.Broadcast(1f);
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

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes Derivative<TLanes>(TLanes x)
        where TLanes : struct, ILanes<TLanes>
    {
        // Φ(x) + x · φ(x)
        var density = VectorMath<TLanes>.Exp(x * x * TLanes.Broadcast(-0.5f)) * TLanes.Broadcast(0.39894228f);
        var half = TLanes.Broadcast(0.5f);
        var distribution = TLanes.MultiplyAdd(half, VectorMath<TLanes>.Erf(x * TLanes.Broadcast(0.70710678f)), half);
        return TLanes.MultiplyAdd(x, density, distribution);
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

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes Derivative<TLanes>(TLanes x)
        where TLanes : struct, ILanes<TLanes>
    {
        var square = x * x;
        var tanh = VectorMath<TLanes>.Tanh(TLanes.MultiplyAdd(square * x, TLanes.Broadcast(0.044715f), x) * TLanes.Broadcast(0.79788456f));
        var inner = TLanes.MultiplyAdd(square, TLanes.Broadcast(3 * 0.044715f), TLanes.Broadcast(1f)) * TLanes.Broadcast(0.79788456f);
        var half = TLanes.Broadcast(0.5f);
        return (half * (TLanes.Broadcast(1f) + tanh)) + (half * x * (TLanes.Broadcast(1f) - (tanh * tanh)) * inner);
    }
}

internal readonly struct QuickGelu : IActivation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes Apply<TLanes>(TLanes x)
        where TLanes : struct, ILanes<TLanes> => x * VectorMath<TLanes>.Sigmoid(x * TLanes.Broadcast(1.702f));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes Derivative<TLanes>(TLanes x)
        where TLanes : struct, ILanes<TLanes>
    {
        var sigmoid = VectorMath<TLanes>.Sigmoid(x * TLanes.Broadcast(1.702f));
        return sigmoid + (x * TLanes.Broadcast(1.702f) * sigmoid * (TLanes.Broadcast(1f) - sigmoid));
    }
}

internal readonly struct Relu : IActivation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes Apply<TLanes>(TLanes x)
        where TLanes : struct, ILanes<TLanes> => TLanes.Max(TLanes.Zero, x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes Derivative<TLanes>(TLanes x)
        where TLanes : struct, ILanes<TLanes> => TLanes.SelectLess(TLanes.Zero, x, TLanes.Broadcast(1f), TLanes.Zero);
}

internal readonly struct Silu : IActivation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes Apply<TLanes>(TLanes x)
        where TLanes : struct, ILanes<TLanes> => x * VectorMath<TLanes>.Sigmoid(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes Derivative<TLanes>(TLanes x)
        where TLanes : struct, ILanes<TLanes>
    {
        var sigmoid = VectorMath<TLanes>.Sigmoid(x);
        return sigmoid + (x * sigmoid * (TLanes.Broadcast(1f) - sigmoid));
    }
}

internal readonly struct Tanh : IActivation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes Apply<TLanes>(TLanes x)
        where TLanes : struct, ILanes<TLanes> => VectorMath<TLanes>.Tanh(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes Derivative<TLanes>(TLanes x)
        where TLanes : struct, ILanes<TLanes>
    {
        var tanh = VectorMath<TLanes>.Tanh(x);
        return TLanes.Broadcast(1f) - (tanh * tanh);
    }
}

internal readonly struct Sigmoid : IActivation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes Apply<TLanes>(TLanes x)
        where TLanes : struct, ILanes<TLanes> => VectorMath<TLanes>.Sigmoid(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes Derivative<TLanes>(TLanes x)
        where TLanes : struct, ILanes<TLanes>
    {
        var sigmoid = VectorMath<TLanes>.Sigmoid(x);
        return sigmoid * (TLanes.Broadcast(1f) - sigmoid);
    }
}

internal readonly struct GeluClipped : IActivation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes Apply<TLanes>(TLanes x)
        where TLanes : struct, ILanes<TLanes> => TLanes.Min(TLanes.Broadcast(10f), TLanes.Max(TLanes.Broadcast(-10f), Gelu.Apply(x)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes Derivative<TLanes>(TLanes x)
        where TLanes : struct, ILanes<TLanes> => TLanes.SelectLess(x, TLanes.Broadcast(10f), Gelu.Derivative(x), TLanes.Zero);
}

internal readonly struct Relu6 : IActivation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes Apply<TLanes>(TLanes x)
        where TLanes : struct, ILanes<TLanes> => TLanes.Min(TLanes.Broadcast(6f), Relu.Apply(x));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes Derivative<TLanes>(TLanes x)
        where TLanes : struct, ILanes<TLanes> => TLanes.SelectLess(x, TLanes.Broadcast(6f), Relu.Derivative(x), TLanes.Zero);
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

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes Derivative<TLanes>(TLanes x)
        where TLanes : struct, ILanes<TLanes> => TLanes.Broadcast(2f) * Relu.Apply(x);
}

internal readonly struct LeakyRelu : IActivation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes Apply<TLanes>(TLanes x)
        where TLanes : struct, ILanes<TLanes> => TLanes.SelectLess(x, TLanes.Zero, x * TLanes.Broadcast(0.01f), x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes Derivative<TLanes>(TLanes x)
        where TLanes : struct, ILanes<TLanes> => TLanes.SelectLess(x, TLanes.Zero, TLanes.Broadcast(0.01f), TLanes.Broadcast(1f));
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

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes Derivative<TLanes>(TLanes x)
        where TLanes : struct, ILanes<TLanes>
    {
        var power = VectorMath<TLanes>.Exp(TLanes.Min(TLanes.Broadcast(20f), x));
        var square = TLanes.MultiplyAdd(power, power, power + power);
        var tanh = square / (square + TLanes.Broadcast(2f));
        return TLanes.MultiplyAdd(x * (TLanes.Broadcast(1f) - (tanh * tanh)), VectorMath<TLanes>.Sigmoid(x), tanh);
    }
}

internal readonly struct Laplace : IActivation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes Apply<TLanes>(TLanes x)
        where TLanes : struct, ILanes<TLanes>
    {
        // The mean is √½, the standard deviation √(1 / 4π).
        var erf = VectorMath<TLanes>.Erf((x - TLanes.Broadcast(0.70710678f)) * TLanes.Broadcast(2.5066283f));
        return TLanes.MultiplyAdd(erf, TLanes.Broadcast(0.5f), TLanes.Broadcast(0.5f));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes Derivative<TLanes>(TLanes x)
        where TLanes : struct, ILanes<TLanes>
    {
        var deviations = (x - TLanes.Broadcast(0.70710678f)) * TLanes.Broadcast(2.5066283f);
        return VectorMath<TLanes>.Exp(TLanes.Zero - (deviations * deviations)) * TLanes.Broadcast(1.41421356f);
    }
}

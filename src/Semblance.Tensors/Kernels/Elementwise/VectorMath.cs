using System.Runtime.CompilerServices;
using Semblance.Tensors.Instructions;

namespace Semblance.Tensors.Kernels;

/// <summary>
/// Computes the transcendental functions of a transformer, within a few units in the last place. The polynomials are minimax fits (Remez)
/// of the relative error on the ranges given.
/// </summary>
internal static unsafe class VectorMath<TLanes>
    where TLanes : struct, ILanes<TLanes>
{
    private const float Log2OfE = 1.44269504f;
    private const float Ln2High = 0.693359375f; // nine bits: its multiples are exact
    private const float Ln2Low = -0.00021219444f;
    private const float SmallestExponent = -87.33654f; // below, the result is not a normal number

    /// <summary>Computes e to the power of x; zero if the result would be below 2⁻¹²⁶, infinity above 88.72.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes Exp(TLanes x)
    {
        var clamped = TLanes.Min(TLanes.Broadcast(90f), TLanes.Max(TLanes.Broadcast(-88f), x));
        var p = Split(clamped, out var n);
        return TLanes.SelectLess(x, TLanes.Broadcast(SmallestExponent), TLanes.Zero, TLanes.Scale(p, n));
    }

    // Returns a number from √½ to √2; e to the power of x is this number times 2ⁿ.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLanes Split(TLanes x, out TLanes n)
    {
        n = TLanes.Round(x * TLanes.Broadcast(Log2OfE));
        var r = TLanes.MultiplyAdd(n, TLanes.Broadcast(-Ln2High), x);
        r = TLanes.MultiplyAdd(n, TLanes.Broadcast(-Ln2Low), r);

        // 1 + r + r²·P(r) for |r| ≤ ln 2 / 2.
        var p = TLanes.Broadcast(0.0013814579f);
        p = TLanes.MultiplyAdd(p, r, TLanes.Broadcast(0.008368736f));
        p = TLanes.MultiplyAdd(p, r, TLanes.Broadcast(0.04166839f));
        p = TLanes.MultiplyAdd(p, r, TLanes.Broadcast(0.16666521f));
        p = TLanes.MultiplyAdd(p, r, TLanes.Broadcast(0.49999994f));
        return TLanes.MultiplyAdd(p * r, r, r) + TLanes.Broadcast(1f);
    }

    /// <summary>Computes the error function.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes Erf(TLanes x)
    {
        // x + x·P(x²) for |x| < 0.921875.
        var square = x * x;
        var small = TLanes.Broadcast(-0.00059908663f);
        small = TLanes.MultiplyAdd(small, square, TLanes.Broadcast(0.0049931826f));
        small = TLanes.MultiplyAdd(small, square, TLanes.Broadcast(-0.026766619f));
        small = TLanes.MultiplyAdd(small, square, TLanes.Broadcast(0.11281816f));
        small = TLanes.MultiplyAdd(small, square, TLanes.Broadcast(-0.37612495f));
        small = TLanes.MultiplyAdd(small, square, TLanes.Broadcast(0.12837915f));
        small = TLanes.MultiplyAdd(small, x, x);

        // 1 − exp(−a − a·Q(a)) for a = |x| from there to 3.95, where float32 reaches 1.
        var a = TLanes.Abs(x);
        var t = TLanes.Min(TLanes.Broadcast(3.95f), a);
        var large = TLanes.Broadcast(1.130462e-05f);
        large = TLanes.MultiplyAdd(large, t, TLanes.Broadcast(-0.0003235372f));
        large = TLanes.MultiplyAdd(large, t, TLanes.Broadcast(0.003645439f));
        large = TLanes.MultiplyAdd(large, t, TLanes.Broadcast(-0.023768362f));
        large = TLanes.MultiplyAdd(large, t, TLanes.Broadcast(0.106244184f));
        large = TLanes.MultiplyAdd(large, t, TLanes.Broadcast(0.6351469f));
        large = TLanes.MultiplyAdd(large, t, TLanes.Broadcast(0.12864958f));
        large = TLanes.MultiplyAdd(large, t, t);
        large = TLanes.Broadcast(1f) - TLanes.ScaleNormal(Split(TLanes.Zero - large, out var n), n); // from e⁻¹⁷ to 1
        return TLanes.SelectLess(a, TLanes.Broadcast(0.921875f), small, TLanes.CopySign(large, x));
    }

    /// <summary>Computes the hyperbolic tangent.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes Tanh(TLanes x)
    {
        // x + x³·P(x²) for |x| < 0.625.
        var square = x * x;
        var small = TLanes.Broadcast(-0.0057050274f);
        small = TLanes.MultiplyAdd(small, square, TLanes.Broadcast(0.020639123f));
        small = TLanes.MultiplyAdd(small, square, TLanes.Broadcast(-0.053739727f));
        small = TLanes.MultiplyAdd(small, square, TLanes.Broadcast(0.13331443f));
        small = TLanes.MultiplyAdd(small, square, TLanes.Broadcast(-0.3333328f));
        small = TLanes.MultiplyAdd(small * square, x, x);

        // 1 − 2 / (e²ᵃ + 1); from 10 on it is 1.
        var a = TLanes.Abs(x);
        var power = Exp(TLanes.Min(TLanes.Broadcast(20f), a + a));
        var large = TLanes.Broadcast(1f) - (TLanes.Broadcast(2f) / (power + TLanes.Broadcast(1f)));
        return TLanes.SelectLess(a, TLanes.Broadcast(0.625f), small, TLanes.CopySign(large, x));
    }

    /// <summary>Computes the logistic function, 1 / (1 + e⁻ˣ).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes Sigmoid(TLanes x) =>
        TLanes.Broadcast(1f) / (TLanes.Broadcast(1f) + Exp(TLanes.Zero - x));

    /// <summary>Loads the first <paramref name="count"/> lanes from memory; the others are zero.</summary>
    public static TLanes LoadPartial(float* source, int count)
    {
        var buffer = stackalloc float[TLanes.Count];
        for (var i = 0; i < TLanes.Count; i++)
        {
            buffer[i] = i < count ? source[i] : 0f;
        }

        return TLanes.Load(buffer);
    }

    /// <summary>Stores the first <paramref name="count"/> lanes.</summary>
    public static void StorePartial(TLanes value, float* destination, int count)
    {
        var buffer = stackalloc float[TLanes.Count];
        value.Store(buffer);
        for (var i = 0; i < count; i++)
        {
            destination[i] = buffer[i];
        }
    }
}

using System.Runtime.Intrinsics;

namespace Semblance;

/// <summary>
/// Computes sums over two vectors in double precision, always in the same order, whatever their alignment and the machine. The squares of
/// floats neither overflow nor underflow in a double.
/// </summary>
internal static class PairSums
{
    /// <summary>Returns Σ aᵢ bᵢ.</summary>
    public static double Product(ReadOnlySpan<float> a, ReadOnlySpan<float> b) => Sum<ProductTerm>(a, b);

    /// <summary>Returns Σ (aᵢ − bᵢ)².</summary>
    public static double SquaredDifference(ReadOnlySpan<float> a, ReadOnlySpan<float> b) => Sum<SquaredDifferenceTerm>(a, b);

    /// <summary>Returns Σ |aᵢ − bᵢ|.</summary>
    public static double AbsoluteDifference(ReadOnlySpan<float> a, ReadOnlySpan<float> b) => Sum<AbsoluteDifferenceTerm>(a, b);

    private static double Sum<TTerm>(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
        where TTerm : struct, ITerm
    {
        Vector256<double> lower = default, upper = default;
        for (; a.Length >= Vector256<float>.Count; a = a[Vector256<float>.Count..], b = b[Vector256<float>.Count..])
        {
            Add(Vector256.Create(a), Vector256.Create(b));
        }

        if (a.Length > 0)
        {
            // Zeros add nothing to any of the sums.
            Span<float> lastA = stackalloc float[Vector256<float>.Count], lastB = stackalloc float[Vector256<float>.Count];
            a.CopyTo(lastA);
            b.CopyTo(lastB);
            Add(Vector256.Create(lastA), Vector256.Create(lastB));
        }

        return Vector256.Sum(lower + upper);

        void Add(Vector256<float> x, Vector256<float> y)
        {
            lower += TTerm.Of(Vector256.WidenLower(x), Vector256.WidenLower(y));
            upper += TTerm.Of(Vector256.WidenUpper(x), Vector256.WidenUpper(y));
        }
    }

    private interface ITerm
    {
        static abstract Vector256<double> Of(Vector256<double> a, Vector256<double> b);
    }

    private readonly struct ProductTerm : ITerm
    {
        public static Vector256<double> Of(Vector256<double> a, Vector256<double> b) => a * b;
    }

    private readonly struct SquaredDifferenceTerm : ITerm
    {
        public static Vector256<double> Of(Vector256<double> a, Vector256<double> b) => (a - b) * (a - b);
    }

    private readonly struct AbsoluteDifferenceTerm : ITerm
    {
        public static Vector256<double> Of(Vector256<double> a, Vector256<double> b) => Vector256.Abs(a - b);
    }
}

using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace Semblance;

/// <summary>
/// Relates the dot product of a query with a vector of <see cref="StoredElements"/> to sums of integers, for which the factors are rounded
/// to multiples of a step: it is step · Σ weightᵢ · (bᵢ + 128) + <paramref name="Constant"/>, within <paramref name="Loss"/> times the
/// length of b (Cauchy–Schwarz) and <paramref name="Rounding"/>.
/// </summary>
/// <param name="Step">The step of the weights.</param>
/// <param name="Constant">The product of the query with the centers, minus 128 times the sum of the rounded factors.</param>
/// <param name="Loss">The length of what rounding takes from the factors.</param>
/// <param name="Rounding">The maximum rounding error of computing the product in float32.</param>
internal readonly record struct RoundedProduct(double Step, double Constant, double Loss, double Rounding)
{
    /// <summary>Returns the product with weights, the sum of which is added to those before.</summary>
    /// <param name="step">The step of the weights.</param>
    /// <param name="weights">The weights.</param>
    /// <param name="factors">The factors; what the weights take of them is subtracted.</param>
    public RoundedProduct With(double step, ReadOnlySpan<sbyte> weights, Span<double> factors)
    {
        var sum = 0L;
        for (var i = 0; i < factors.Length; i++)
        {
            factors[i] -= step * weights[i];
            sum += weights[i];
        }

        return new RoundedProduct(step, Constant - (128 * step * sum), TensorPrimitives.Norm<double>(factors) * (1 + 1e-6), Rounding);
    }
}

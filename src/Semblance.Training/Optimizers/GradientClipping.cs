using System.Numerics.Tensors;
using Tensor = Semblance.Tensors.Tensor;

namespace Semblance.Training;

/// <summary>Provides gradient clipping (Pascanu, Mikolov and Bengio 2013, arXiv:1211.5063).</summary>
public static class GradientClipping
{
    private const int BlockLength = 4096;

    /// <summary>Scales all gradients so that their global norm is at most <paramref name="maxNorm"/>.</summary>
    /// <param name="gradients">The gradients, which are changed in place; <see langword="null"/> elements are skipped.</param>
    /// <param name="maxNorm">The maximum norm, above 0; infinity to only compute the norm.</param>
    /// <returns>The norm before clipping. If it is not finite, the gradients are unchanged and must not be used for a step.</returns>
    public static double ByGlobalNorm(IEnumerable<Tensor?> gradients, double maxNorm)
    {
        ArgumentNullException.ThrowIfNull(gradients);
        if (!(maxNorm > 0))
        {
            throw new ArgumentOutOfRangeException(nameof(maxNorm), maxNorm, "The maximum norm must be above 0.");
        }

        var all = gradients.OfType<Tensor>().ToArray();
        var norm = Math.Sqrt(all.Sum(gradient => gradient.SumOfSquares()));
        var factor = maxNorm / (norm + 1e-6); // as in PyTorch
        if (factor < 1 && double.IsFinite(norm))
        {
            foreach (var gradient in all)
            {
                gradient.Scale((float)factor);
            }
        }

        return norm;
    }

    /// <summary>Computes the sum of squares: blocks in float32, their sum in double, always in the same order.</summary>
    internal static double SumOfSquares(ReadOnlySpan<float> values)
    {
        var sum = 0.0;
        for (; !values.IsEmpty; values = values[Math.Min(BlockLength, values.Length)..])
        {
            sum += TensorPrimitives.SumOfSquares(values[..Math.Min(BlockLength, values.Length)]);
        }

        return sum;
    }
}

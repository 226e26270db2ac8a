using System.Numerics.Tensors;
using Tensor = Semblance.Tensors.Tensor;

namespace Semblance.Training;

/// <summary>Keeps gradients from exploding (Pascanu, Mikolov and Bengio 2013, arXiv:1211.5063).</summary>
public static class GradientClipping
{
    private const int BlockLength = 4096;

    /// <summary>Scales all gradients together so that their length, taken as one vector, is at most <paramref name="maxNorm"/>.</summary>
    /// <param name="gradients">The gradients, changed in place; null where there is none.</param>
    /// <param name="maxNorm">The longest length, above 0; infinity only measures.</param>
    /// <returns>The length before. Where it is not finite the gradients stay as they are: do not step with them.</returns>
    public static double ByGlobalNorm(IEnumerable<Tensor?> gradients, double maxNorm)
    {
        ArgumentNullException.ThrowIfNull(gradients);
        if (!(maxNorm > 0))
        {
            throw new ArgumentOutOfRangeException(nameof(maxNorm), maxNorm, "The longest length must be above 0.");
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

    /// <summary>The sum of squares, blocks in float32 and their sum in double, always in the same order.</summary>
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

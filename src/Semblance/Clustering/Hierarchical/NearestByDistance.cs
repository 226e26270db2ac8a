using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace Semblance;

/// <summary>
/// Collects the nearest other vectors of each vector; distances are computed only for pairs that may be among the nearest.
/// </summary>
/// <param name="distances">The distances.</param>
/// <param name="nearest">The receiver of the hits, whose scores are negated distances.</param>
internal sealed class NearestByDistance(BoundedDistances distances, Rankings nearest) : IPairSink
{
    private const int Part = 64; // limits decrease while others are found

    public void Take(ReadOnlySpan<float> scores, int first, int second)
    {
        Span<float> room = stackalloc float[Part];
        for (; !scores.IsEmpty; scores = scores[Math.Min(Part, scores.Length)..], second += Part)
        {
            var products = scores[..Math.Min(Part, scores.Length)];
            var limits = room[..products.Length];
            TensorPrimitives.Min(nearest.Bars.Slice(second, limits.Length), nearest.Bars[first], limits);
            TensorPrimitives.Multiply(limits, limits, limits);
            for (var i = distances.Next(products, first, second, 0, limits);
                i < limits.Length;
                i = distances.Next(products, first, second, i + 1, limits))
            {
                var score = -distances.Of(first, second + i);
                if (score >= nearest.Bars[first])
                {
                    nearest.Add(first, new SearchHit(second + i, score));
                }

                if (score >= nearest.Bars[second + i])
                {
                    nearest.Add(second + i, new SearchHit(first, score));
                }
            }
        }
    }
}

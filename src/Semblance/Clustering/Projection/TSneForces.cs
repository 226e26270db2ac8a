using Semblance.Tensors;

namespace Semblance;

/// <summary>
/// Computes the gradient of the Kullback–Leibler divergence: the attraction and repulsion of the points of a map (van der Maaten 2014).
/// </summary>
internal sealed class TSneForces(NeighborAffinities affinities, double theta, int maxThreads, CancellationToken cancellationToken)
{
    private const int BlockPoints = 512; // fewer do not justify another thread
    private const int BlockGroups = 32;

    private readonly QuadTree _tree = new(affinities.Count);
    private readonly double[] _sums = new double[affinities.Count];
    private readonly double[] _pushes = new double[2 * affinities.Count];

    /// <summary>Computes the gradient for each coordinate.</summary>
    /// <param name="points">The coordinates of each point, x before y.</param>
    /// <param name="exaggeration">The factor of the attraction.</param>
    /// <param name="gradient">The array that receives the gradient.</param>
    public void Gradient(double[] points, double exaggeration, double[] gradient)
    {
        var total = Repel(points);
        Blocks(affinities.Count, BlockPoints, point =>
        {
            var (x, y) = (points[2 * point], points[(2 * point) + 1]);
            ReadOnlySpan<int> others = affinities[point].Others.Span;
            ReadOnlySpan<double> values = affinities[point].Values.Span;
            var (pullX, pullY) = (0.0, 0.0);
            for (var i = 0; i < others.Length; i++)
            {
                double dx = x - points[2 * others[i]], dy = y - points[(2 * others[i]) + 1];
                var pull = values[i] / (1 + (dx * dx) + (dy * dy));
                pullX += pull * dx;
                pullY += pull * dy;
            }

            gradient[2 * point] = 4 * ((exaggeration * pullX) - (_pushes[2 * point] / total));
            gradient[(2 * point) + 1] = 4 * ((exaggeration * pullY) - (_pushes[(2 * point) + 1] / total));
        });
    }

    /// <summary>Returns the Kullback–Leibler divergence in nats.</summary>
    public double Divergence(double[] points)
    {
        var total = Repel(points);
        var sum = 0.0;
        for (var point = 0; point < affinities.Count; point++)
        {
            ReadOnlySpan<int> others = affinities[point].Others.Span;
            ReadOnlySpan<double> values = affinities[point].Values.Span;
            for (var i = 0; i < others.Length; i++)
            {
                double dx = points[2 * point] - points[2 * others[i]], dy = points[(2 * point) + 1] - points[(2 * others[i]) + 1];
                var value = values[i];
                sum += value > 0 ? value * Math.Log(value * total * (1 + (dx * dx) + (dy * dy))) : 0;
            }
        }

        return sum;
    }

    // Σ q over all pairs, in a fixed order of summation.
    private double Repel(double[] points)
    {
        _tree.Arrange(points);
        Blocks(_tree.Groups, BlockGroups, group => _tree.Repel(group, theta, _pushes, _sums));
        return Math.Max(_sums.Sum(), double.Epsilon);
    }

    private void Blocks(int count, int size, Action<int> body) => Workers.Shared.For(
        (count + size - 1) / size,
        maxThreads,
        block =>
        {
            for (var i = block * size; i < Math.Min(count, (block + 1) * size); i++)
            {
                body(i);
            }
        },
        cancellationToken);
}

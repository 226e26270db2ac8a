using Semblance.Tensors;

namespace Semblance;

/// <summary>How the points of a map pull and push each other: the gradient of the Kullback–Leibler divergence (van der Maaten 2014).</summary>
internal sealed class TSneForces(NeighbourAffinities affinities, double theta, int maxThreads, CancellationToken cancellation)
{
    private const int BlockPoints = 512; // fewer are not worth another thread

    private readonly double[] _sums = new double[affinities.Count];
    private readonly double[] _pushes = new double[2 * affinities.Count];

    /// <summary>The gradient by each coordinate.</summary>
    /// <param name="points">The coordinates of each point, x before y.</param>
    /// <param name="exaggeration">How much stronger points attract each other than they should.</param>
    /// <param name="gradient">Where it is written.</param>
    public void Gradient(double[] points, double exaggeration, double[] gradient)
    {
        var total = Repel(points);
        Blocks(point =>
        {
            var (x, y) = (points[2 * point], points[(2 * point) + 1]);
            var (others, values) = affinities[point];
            var (pullX, pullY) = (0.0, 0.0);
            for (var i = 0; i < others.Length; i++)
            {
                double dx = x - points[2 * others.Span[i]], dy = y - points[(2 * others.Span[i]) + 1];
                var pull = values.Span[i] / (1 + (dx * dx) + (dy * dy));
                pullX += pull * dx;
                pullY += pull * dy;
            }

            gradient[2 * point] = 4 * ((exaggeration * pullX) - (_pushes[2 * point] / total));
            gradient[(2 * point) + 1] = 4 * ((exaggeration * pullY) - (_pushes[(2 * point) + 1] / total));
        });
    }

    /// <summary>The Kullback–Leibler divergence: what the map loses, in nats.</summary>
    public double Divergence(double[] points)
    {
        var total = Repel(points);
        var sum = 0.0;
        for (var point = 0; point < affinities.Count; point++)
        {
            var (others, values) = affinities[point];
            for (var i = 0; i < others.Length; i++)
            {
                double dx = points[2 * point] - points[2 * others.Span[i]], dy = points[(2 * point) + 1] - points[(2 * others.Span[i]) + 1];
                var value = values.Span[i];
                sum += value > 0 ? value * Math.Log(value * total * (1 + (dx * dx) + (dy * dy))) : 0;
            }
        }

        return sum;
    }

    // Σ q over all pairs, added up in one order.
    private double Repel(double[] points)
    {
        var tree = new QuadTree(points);
        Blocks(point => (_pushes[2 * point], _pushes[(2 * point) + 1], _sums[point]) = tree.Repulsion(points[2 * point], points[(2 * point) + 1], theta));
        return Math.Max(_sums.Sum(), double.Epsilon);
    }

    private void Blocks(Action<int> body) => Workers.Shared.For(
        (affinities.Count + BlockPoints - 1) / BlockPoints,
        maxThreads,
        block =>
        {
            for (var point = block * BlockPoints; point < Math.Min(affinities.Count, (block + 1) * BlockPoints); point++)
            {
                body(point);
            }
        },
        cancellation);
}

using Semblance.Tensors;

namespace Semblance;

/// <summary>
/// Represents a map of vectors on a plane that keeps neighbors together (t-SNE: van der Maaten and Hinton 2008), with the Barnes–Hut
/// approximation (van der Maaten 2014) in O(n log n) per iteration. It is initialized with two principal components. Distances between
/// groups, and their sizes, mean little.
/// </summary>
public sealed class TSne
{
    private TSne(Tensor points, double divergence) => (Points, Divergence) = (points, divergence);

    /// <summary>Gets the points <c>[vectors × 2]</c>, centered at the origin.</summary>
    public Tensor Points { get; }

    /// <summary>
    /// Gets the Kullback–Leibler divergence between the neighborhoods of the vectors and of the map, in nats; lower is better.
    /// </summary>
    public double Divergence { get; }

    /// <summary>Computes a map.</summary>
    /// <param name="embeddings">
    /// The vectors <c>[vectors × dimensions]</c>, compared by Euclidean distance, which for normalized vectors gives the same order as
    /// cosine similarity.
    /// </param>
    /// <param name="options">The options; <see langword="null"/> for perplexity 30 and 1,000 iterations.</param>
    /// <param name="progress">Receives the completed fraction of the iterations, from 0 to 1.</param>
    /// <param name="cancellationToken">The token that cancels the operation.</param>
    /// <exception cref="ArgumentException">A vector is not finite, or an option is out of range.</exception>
    public static TSne Fit(
        Tensor embeddings, TSneOptions? options = null, IProgress<double>? progress = null, CancellationToken cancellationToken = default)
    {
        options ??= new TSneOptions();
        options.Check();
        var vectors = FiniteRows.Checked(embeddings, nameof(embeddings));
        var affinities = NeighborAffinities.Of(vectors, options.Perplexity, options.MaxThreads, cancellationToken);
        var forces = new TSneForces(affinities, options.Theta, options.MaxThreads, cancellationToken);
        var points = Start(vectors, options, cancellationToken);
        Center(points);
        if (vectors.Rows > 1)
        {
            Descend(points, forces, options, progress, cancellationToken);
        }

        return new TSne(Tensor.From(Array.ConvertAll(points, value => (float)value), vectors.Rows, 2), forces.Divergence(points));
    }

    // Gradient descent with momentum and adaptive gains: each coordinate moves faster while its direction does not change (Jacobs 1988).
    private static void Descend(
        double[] points, TSneForces forces, TSneOptions options, IProgress<double>? progress, CancellationToken cancellationToken)
    {
        var (gradient, step, gains) = (new double[points.Length], new double[points.Length], new double[points.Length]);
        Array.Fill(gains, 1);
        var rate = options.LearningRate ?? Math.Max(50, points.Length / 2.0 / options.EarlyExaggeration / 4);
        var early = options.Iterations / 4;
        for (var iteration = 0; iteration < options.Iterations; iteration++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            forces.Gradient(points, iteration < early ? options.EarlyExaggeration : 1, gradient);
            var momentum = iteration < early ? 0.5 : 0.8;
            for (var i = 0; i < points.Length; i++)
            {
                gains[i] = Math.Max(0.01, step[i] * gradient[i] < 0 ? gains[i] + 0.2 : gains[i] * 0.8);
                step[i] = (momentum * step[i]) - (rate * gains[i] * gradient[i]);
                points[i] += step[i];
            }

            Center(points);
            progress?.Report((iteration + 1.0) / options.Iterations);
        }
    }

    // A small random offset separates equal vectors.
    private static double[] Start(Tensor vectors, TSneOptions options, CancellationToken cancellationToken)
    {
        var random = new Random(options.Seed);
        var points = new double[2 * vectors.Rows];
        foreach (ref var value in points.AsSpan())
        {
            value = 1e-6 * (random.NextDouble() - 0.5);
        }

        if (vectors.Rows > 2 && vectors.Columns > 1)
        {
            var components = PrincipalComponents.Fit(vectors, 2, options.MaxThreads, cancellationToken);
            var scale = components.ExplainedVariance[0] > 0 ? 1e-4 / Math.Sqrt(components.ExplainedVariance[0]) : 0;
            var coordinates = components.Transform(vectors).Values;
            for (var i = 0; i < points.Length; i++)
            {
                points[i] += scale * coordinates[i];
            }
        }

        return points;
    }

    private static void Center(double[] points)
    {
        for (var axis = 0; axis < 2; axis++)
        {
            var sum = 0.0;
            for (var i = axis; i < points.Length; i += 2)
            {
                sum += points[i];
            }

            for (var i = axis; i < points.Length; i += 2)
            {
                points[i] -= sum / (points.Length / 2);
            }
        }
    }
}

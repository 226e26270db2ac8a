namespace Semblance;

/// <summary>
/// Finds the shortest edge from each component to another, by mutual reachability. Of edges of equal length, the one between lower rows
/// counts: the order is strict, so the edges form no cycle, and the result does not depend on the threads.
/// </summary>
internal sealed class ShortestEdges : IPairSink
{
    private const int Gates = 64;
    private const int Part = 64; // limits decrease while edges are found

    private readonly BoundedDistances _distances;
    private readonly int[] _components;
    private readonly float[] _cores;
    private readonly float[] _lengths; // by component; they decrease while edges are found
    private readonly (int First, int Second)[] _edges;
    private readonly Lock[] _gates = [.. Enumerable.Range(0, Gates).Select(_ => new Lock())];

    /// <param name="distances">The distances.</param>
    /// <param name="components">The component of each vector, from 0.</param>
    /// <param name="cores">The core distance of each vector.</param>
    public ShortestEdges(BoundedDistances distances, int[] components, float[] cores)
    {
        (_distances, _components, _cores) = (distances, components, cores);
        _lengths = new float[components.Length];
        _edges = new (int, int)[components.Length];
        Array.Fill(_lengths, float.PositiveInfinity);
    }

    /// <summary>Returns the shortest edges found so far.</summary>
    /// <param name="limits">The length of each component's edge, exclusive; <see langword="null"/> for all.</param>
    public List<(int First, int Second, double Distance)> Below(float[]? limits) =>
        [.. Enumerable.Range(0, _edges.Length).Where(c => _lengths[c] < (limits?[c] ?? float.PositiveInfinity)).Select(
            c => (_edges[c].First, _edges[c].Second, (double)_lengths[c]))];

    /// <summary>Adds an edge between two components.</summary>
    /// <param name="first">The lower row.</param>
    /// <param name="second">The higher row.</param>
    /// <param name="distance">The mutual reachability distance.</param>
    public void Offer(int first, int second, float distance)
    {
        var length = Math.Max(distance, Math.Max(_cores[first], _cores[second]));
        Offer(_components[first], first, second, length);
        Offer(_components[second], first, second, length);
    }

    public void Take(ReadOnlySpan<float> scores, int first, int second)
    {
        Span<float> room = stackalloc float[Part];
        var own = _components[first];
        for (; !scores.IsEmpty; scores = scores[Math.Min(Part, scores.Length)..], second += Part)
        {
            var products = scores[..Math.Min(Part, scores.Length)];
            var limits = room[..products.Length];
            var bar = _lengths[own];
            for (var i = 0; i < limits.Length; i++)
            {
                var component = _components[second + i];
                var limit = Math.Max(bar, _lengths[component]);
                limits[i] = component == own || Math.Max(_cores[first], _cores[second + i]) > limit
                    ? float.NegativeInfinity
                    : limit * limit;
            }

            for (var i = _distances.Next(products, first, second, 0, limits);
                i < limits.Length;
                i = _distances.Next(products, first, second, i + 1, limits))
            {
                Offer(first, second + i, _distances.Of(first, second + i));
            }
        }
    }

    private void Offer(int component, int first, int second, float length)
    {
        if (length > _lengths[component])
        {
            return;
        }

        lock (_gates[component % Gates])
        {
            if (length < _lengths[component] || (length == _lengths[component] && (first, second).CompareTo(_edges[component]) < 0))
            {
                (_lengths[component], _edges[component]) = (length, (first, second));
            }
        }
    }
}

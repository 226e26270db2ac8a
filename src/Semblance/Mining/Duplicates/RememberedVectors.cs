using Semblance.Tensors;

namespace Semblance;

/// <summary>A page of what <see cref="DuplicateDetector"/> remembers: vectors of length one, their places in the stream, and their texts' hashes.</summary>
/// <param name="rows">How many vectors there is room for.</param>
/// <param name="dimension">The number of elements of each.</param>
internal sealed class RememberedVectors(int rows, int dimension)
{
    private readonly Tensor _vectors = Tensor.Zeros(rows, dimension);
    private readonly long[] _places = new long[rows];
    private readonly UInt128?[] _hashes = new UInt128?[rows];

    public int Count { get; private set; }

    public bool IsFull => Count == rows;

    /// <summary>Whether newer ones have taken its place while some were still compared with it.</summary>
    public bool IsForgotten { get; set; }

    /// <summary>The hashes of the texts among them.</summary>
    public IEnumerable<UInt128> Hashes => _hashes.Take(Count).OfType<UInt128>();

    public long PlaceOf(int row) => _places[row];

    public void Add(ReadOnlySpan<float> vector, long place, UInt128? hash)
    {
        vector.CopyTo(_vectors.Writable[(Count * dimension)..]);
        (_places[Count], _hashes[Count]) = (place, hash);
        Count++;
    }

    /// <summary>The nearest of each vector.</summary>
    public SearchHit[][] Nearest(Tensor vectors, CancellationToken cancellationToken) =>
        SemanticSearch.Search(vectors, _vectors.Slice(0, Count), new SearchOptions { TopK = 1, Similarity = SimilarityFunction.DotProduct }, null, cancellationToken);
}

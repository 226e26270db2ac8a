using Semblance.Tensors;

namespace Semblance;

/// <summary>
/// Represents a page of the memory of a <see cref="DuplicateDetector"/>: normalized vectors, their positions in the stream, and the hashes
/// of their texts.
/// </summary>
/// <param name="rows">The capacity of the page.</param>
/// <param name="dimension">The number of elements of each vector.</param>
internal sealed class RememberedVectors(int rows, int dimension)
{
    private readonly Tensor _vectors = Tensor.Zeros(rows, dimension);
    private readonly long[] _places = new long[rows];
    private readonly UInt128?[] _hashes = new UInt128?[rows];

    public int Count { get; private set; }

    public bool IsFull => Count == rows;

    /// <summary>
    /// Gets or sets a value that indicates whether newer vectors have replaced the page while others were still compared with it.
    /// </summary>
    public bool IsForgotten { get; set; }

    /// <summary>Gets the hashes of the texts.</summary>
    public IEnumerable<UInt128> Hashes => _hashes.Take(Count).OfType<UInt128>();

    public long PlaceOf(int row) => _places[row];

    public void Add(ReadOnlySpan<float> vector, long place, UInt128? hash)
    {
        vector.CopyTo(_vectors.Writable[(Count * dimension)..]);
        (_places[Count], _hashes[Count]) = (place, hash);
        Count++;
    }

    /// <summary>Returns the nearest vector of the page for each of the given vectors.</summary>
    public SearchHit[][] Nearest(Tensor vectors, CancellationToken cancellationToken) =>
        SemanticSearch.Search(
            vectors,
            _vectors.Slice(0, Count),
            new SearchOptions { TopK = 1, Similarity = SimilarityFunction.DotProduct },
            null,
            cancellationToken);
}

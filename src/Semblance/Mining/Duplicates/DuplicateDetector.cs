using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Semblance.Tensors;

namespace Semblance;

/// <summary>
/// Detects which texts or vectors of a stream are duplicates of earlier ones: first by the hash of the text, which is nearly free,
/// then by the cosine similarity of the vectors, compared with all that are remembered.
/// </summary>
/// <remarks>
/// Only new texts are remembered, so a duplicate always refers to an original. The results do not depend on how many are added at a
/// time. Memory is four bytes for each element of each remembered vector, bounded by <see cref="DuplicateOptions.Capacity"/>.
/// Not thread-safe.
/// </remarks>
public sealed class DuplicateDetector
{
    private const int Pages = 8;
    private const int LargestPage = 1024;

    private readonly SentenceTransformer? _model;
    private readonly DuplicateOptions _options;
    private readonly int _dimension;
    private readonly int _pageRows;
    private readonly LinkedList<RememberedVectors> _pages = [];
    private readonly Dictionary<UInt128, long> _texts = []; // the positions of remembered texts

    /// <summary>Initializes a new instance of the <see cref="DuplicateDetector"/> class for texts.</summary>
    /// <param name="model">The model that encodes the texts.</param>
    /// <param name="options">The threshold and the capacity; <see langword="null"/> for a cosine similarity of 0.95 and no limit.</param>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public DuplicateDetector(SentenceTransformer model, DuplicateOptions? options = null)
        : this(Dimension(model, options), options) => _model = model;

    /// <summary>Initializes a new instance of the <see cref="DuplicateDetector"/> class for vectors.</summary>
    /// <param name="dimension">The number of elements of each vector.</param>
    /// <param name="options">The threshold and the capacity; <see langword="null"/> for a cosine similarity of 0.95 and no limit.</param>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public DuplicateDetector(int dimension, DuplicateOptions? options = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(dimension, 1);
        (_dimension, _options) = (dimension, options ?? new DuplicateOptions());
        _options.Check();
        _pageRows = _options.Capacity is { } capacity ? Math.Clamp(capacity / Pages, 1, LargestPage) : LargestPage;
    }

    /// <summary>Gets the number of texts or vectors that were added.</summary>
    public long Count { get; private set; }

    /// <summary>Gets the number of texts or vectors that are remembered.</summary>
    public int Remembered => _pages.Sum(page => page.Count);

    /// <summary>Adds a text.</summary>
    /// <param name="text">The text.</param>
    /// <returns>The duplicated text, or <see langword="null"/> if the text is new.</returns>
    /// <exception cref="InvalidOperationException">The detector was created without a model.</exception>
    public Duplicate? Add(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return Add([text])[0];
    }

    /// <summary>Adds several texts in order, which is faster than one by one.</summary>
    /// <param name="texts">The texts.</param>
    /// <param name="cancellationToken">The token that cancels the operation between two steps; texts of completed steps stay added.</param>
    /// <returns>The duplicated text of each, or <see langword="null"/> if it is new.</returns>
    /// <exception cref="InvalidOperationException">The detector was created without a model.</exception>
    /// <exception cref="ArgumentException">A text is null.</exception>
    public Duplicate?[] Add(IReadOnlyList<string> texts, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(texts);
        if (_model is null)
        {
            throw new InvalidOperationException("The detector was created for vectors; create it with a model to add texts.");
        }

        if (texts.Contains(null!))
        {
            throw new ArgumentException("A text is null.", nameof(texts));
        }

        var found = new Duplicate?[texts.Count];
        for (var first = 0; first < found.Length;)
        {
            first += AddSome(_model, texts, first, found, cancellationToken);
        }

        return found;
    }

    /// <summary>Adds a vector.</summary>
    /// <param name="vector">The vector, of the dimension of the detector, all values finite; its length is ignored.</param>
    /// <returns>The duplicated vector, or <see langword="null"/> if the vector is new.</returns>
    /// <exception cref="ArgumentException">The vector has another dimension or is not finite.</exception>
    public Duplicate? Add(ReadOnlySpan<float> vector) => Add(Tensor.From(vector, 1, vector.Length))[0];

    /// <summary>Adds several vectors in order, which is faster than one by one.</summary>
    /// <param name="vectors">The vectors <c>[vectors × dimension]</c>, all values finite.</param>
    /// <param name="cancellationToken">
    /// The token that cancels the operation between two steps; vectors of completed steps stay added.
    /// </param>
    /// <returns>The duplicated vector of each, or <see langword="null"/> if it is new.</returns>
    /// <exception cref="ArgumentException">The vectors have another dimension or are not finite.</exception>
    public Duplicate?[] Add(Tensor vectors, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(vectors);
        if (vectors.Columns != _dimension)
        {
            throw new ArgumentException($"The vectors have {vectors.Columns} elements; {_dimension} are expected.", nameof(vectors));
        }

        FiniteRows.Checked(vectors, nameof(vectors)); // all of them, before the first is added
        var found = new Duplicate?[vectors.Rows];
        for (var first = 0; first < found.Length; first += _pageRows)
        {
            var run = new Batch(this, vectors.Slice(first, Math.Min(_pageRows, found.Length - first)), cancellationToken);
            for (var i = 0; i < run.Rows; i++)
            {
                found[first + i] = run.Add(i, null);
            }
        }

        return found;
    }

    /// <summary>Detects duplicates in a stream of texts of any length; the next texts are read while others are compared.</summary>
    /// <param name="texts">The texts.</param>
    /// <param name="cancellationToken">The token that cancels the operation.</param>
    /// <returns>The texts in order, each with the text that it duplicates, if any.</returns>
    /// <exception cref="InvalidOperationException">The detector was created without a model.</exception>
    public IAsyncEnumerable<CheckedText> DetectAsync(IAsyncEnumerable<string> texts, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(texts);
        return EncodingStream.Run(texts, text => text?.Length ?? 0, window =>
        {
            var first = Count;
            var found = Add(window, cancellationToken);
            return window.Select((text, i) => new CheckedText(first + i, text, found[i]));
        }, cancellationToken);
    }

    // Adds texts up to a page of new ones, or to one that is known at first but forgotten before it is added; returns their number.
    private int AddSome(
        SentenceTransformer model, IReadOnlyList<string> texts, int first, Duplicate?[] found, CancellationToken cancellationToken)
    {
        var rows = new Dictionary<UInt128, int>();
        var (hashes, fresh, places) = (new List<UInt128>(), new List<string>(), new List<int>());
        for (var i = first; i < texts.Count && fresh.Count < _pageRows; i++)
        {
            var hash = Hash(texts[i]);
            hashes.Add(hash);
            if (!_texts.ContainsKey(hash) && rows.TryAdd(hash, fresh.Count))
            {
                fresh.Add(texts[i]);
                places.Add(i);
            }
        }

        var batch = fresh.Count == 0 ? null : new Batch(this, Encode(model, fresh, places, cancellationToken), cancellationToken);
        for (var i = 0; i < hashes.Count; i++)
        {
            if (_texts.TryGetValue(hashes[i], out var place))
            {
                found[first + i] = new Duplicate(place, 1, IsExact: true);
                Count++;
            }
            else if (rows.TryGetValue(hashes[i], out var row))
            {
                found[first + i] = batch!.Add(row, hashes[i]);
            }
            else
            {
                return i;
            }
        }

        return hashes.Count;
    }

    private Tensor Encode(SentenceTransformer model, List<string> texts, List<int> places, CancellationToken cancellationToken)
    {
        try
        {
            return model.Encode(texts, _options.Encoding, null, cancellationToken).Vectors;
        }
        catch (TextTooLongException e)
        {
            throw new TextTooLongException(places[(int)e.Index], e.Limit, e.TokenCount);
        }
    }

    private void Remember(ReadOnlySpan<float> vector, UInt128? hash)
    {
        if (_pages.Last is not { Value.IsFull: false })
        {
            _pages.AddLast(new RememberedVectors(_pageRows, _dimension));
            if (_options.Capacity is { } capacity && (long)_pages.Count * _pageRows > capacity)
            {
                var forgotten = _pages.First!.Value;
                forgotten.IsForgotten = true;
                foreach (var text in forgotten.Hashes)
                {
                    _texts.Remove(text);
                }

                _pages.RemoveFirst();
            }
        }

        _pages.Last!.Value.Add(vector, Count, hash);
        if (hash is { } known)
        {
            _texts[known] = Count;
        }
    }

    private static UInt128 Hash(string text) => // 128 bits: collisions are practically impossible
        BinaryPrimitives.ReadUInt128LittleEndian(SHA256.HashData(MemoryMarshal.AsBytes(text.AsSpan())));

    private static int Dimension(SentenceTransformer model, DuplicateOptions? options)
    {
        ArgumentNullException.ThrowIfNull(model);
        return options?.Encoding.Dimensions ?? model.Dimension;
    }

    /// <summary>
    /// Represents at most a page of vectors, compared with all remembered ones at once and among themselves, then added one by one.
    /// </summary>
    private sealed class Batch
    {
        private readonly DuplicateDetector _detector;
        private readonly Tensor _vectors;
        private readonly Tensor _scores; // of the batch with itself
        private readonly List<(RememberedVectors Page, SearchHit[][] Nearest)> _before = [];
        private readonly List<(int Row, long Place, RememberedVectors Page)> _added = [];

        public Batch(DuplicateDetector detector, Tensor vectors, CancellationToken cancellationToken)
        {
            _detector = detector;
            using var run = new Computation(cancellationToken: cancellationToken);
            using var normalized = run.Normalize(vectors.AsMatrix());
            _vectors = Tensor.From(normalized.Values, vectors.Rows, vectors.Columns);
            _scores = Similarity.Matrix(_vectors, _vectors, SimilarityFunction.DotProduct);
            foreach (var page in detector._pages)
            {
                _before.Add((page, page.Nearest(_vectors, cancellationToken)));
            }
        }

        public int Rows => _vectors.Rows;

        /// <summary>Adds one of the vectors.</summary>
        public Duplicate? Add(int row, UInt128? hash)
        {
            var best = new Duplicate(-1, float.NegativeInfinity, IsExact: false);
            foreach (var (page, nearest) in _before)
            {
                if (nearest[row] is [var hit] && hit.Score > best.Score && !page.IsForgotten)
                {
                    best = best with { Of = page.PlaceOf(hit.Index), Score = hit.Score };
                }
            }

            foreach (var (other, place, page) in _added)
            {
                if (_scores.Row(other)[row] is var score && score > best.Score && !page.IsForgotten)
                {
                    best = best with { Of = place, Score = score };
                }
            }

            if (best.Score >= _detector._options.Threshold)
            {
                _detector.Count++;
                return best;
            }

            _detector.Remember(_vectors.Row(row), hash);
            _added.Add((row, _detector.Count++, _detector._pages.Last!.Value));
            return null;
        }
    }
}

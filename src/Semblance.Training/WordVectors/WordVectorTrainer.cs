using System.Runtime.InteropServices;
using Semblance.Tensors;
using Semblance.Tokenizers;
using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace Semblance.Training.WordVectors;

/// <summary>
/// A vector for each token of a vocabulary, from which tokens stand near which: the largest directions of the matrix of
/// positive pointwise mutual information, which is what word2vec factorizes without writing it down (Levy and Goldberg
/// 2014; the settings are those of Levy, Goldberg and Dagan 2015, doi:10.1162/tacl_a_00134).
/// </summary>
/// <remarks>
/// Minutes where a transformer takes hours: a model whose embeddings begin so has a head start on every later stage. Memory
/// is four bytes for each token of the texts and eight for each pair of tokens that are neighbours more often than by chance.
/// </remarks>
public sealed class WordVectorTrainer
{
    private const int Between = -1;

    private readonly Tokenizer _tokenizer;
    private readonly WordVectorOptions _options;
    private readonly TokenBuffer _buffer = new();
    private readonly List<int> _tokens = [];

    /// <summary>Begins without texts.</summary>
    /// <param name="tokenizer">Text to tokens; special ones are left out.</param>
    /// <param name="options">Null for the defaults.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option is outside its range, or there are more dimensions than tokens.</exception>
    public WordVectorTrainer(Tokenizer tokenizer, WordVectorOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        (_tokenizer, _options) = (tokenizer, options ?? new WordVectorOptions());
        ArgumentOutOfRangeException.ThrowIfLessThan(_options.Dimensions, 1, nameof(options));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(_options.Dimensions, tokenizer.VocabularySize, nameof(options));
        ArgumentOutOfRangeException.ThrowIfLessThan(_options.Window, 1, nameof(options));
        ArgumentOutOfRangeException.ThrowIfNegative(_options.Iterations, nameof(options));
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(_options.ContextSmoothing, 0, nameof(options));
    }

    /// <summary>The number of tokens read so far.</summary>
    public int Tokens { get; private set; }

    /// <summary>Reads texts; tokens of two texts are never neighbours.</summary>
    /// <param name="texts">The texts.</param>
    /// <param name="cancellationToken">Stops between two texts.</param>
    public void Add(IEnumerable<string> texts, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(texts);
        foreach (var text in texts)
        {
            cancellationToken.ThrowIfCancellationRequested();
            _tokenizer.Encode(text, null, int.MaxValue, specialTokens: false, _buffer);
            _tokens.AddRange(_buffer.Ids);
            _tokens.Add(Between);
            Tokens += _buffer.Ids.Length;
        }
    }

    /// <summary>Makes the vectors. The same texts and options give the same bits.</summary>
    /// <param name="progress">Told the part that is done.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns><c>[vocabulary × dimensions]</c>; each row of length one, or zero for a token that has no neighbours to tell it by.</returns>
    /// <exception cref="InvalidOperationException">No texts were added, or none with two tokens that belong together.</exception>
    public Tensor Train(IProgress<double>? progress = null, CancellationToken cancellationToken = default)
    {
        var matrix = AssociationMatrix.Of(CollectionsMarshal.AsSpan(_tokens).ToArray(), _tokenizer.VocabularySize, _options.Window, _options.ContextSmoothing, cancellationToken);
        if (matrix.Count == 0)
        {
            throw new InvalidOperationException("No two tokens stand beside each other more often than by chance; add running text before training.");
        }

        progress?.Report(0.3);
        var vectors = LowRankFactors.Of(matrix, _options.Dimensions, _options.Iterations, _options.Seed, part => progress?.Report(0.3 + (0.7 * part)), cancellationToken);
        for (var row = 0; row < vectors.Rows; row++)
        {
            var vector = vectors.Writable.Slice(row * vectors.Columns, vectors.Columns);
            var length = TensorPrimitives.Norm<float>(vector);
            if (length > 0)
            {
                TensorPrimitives.Divide(vector, length, vector);
            }
        }

        return vectors;
    }
}

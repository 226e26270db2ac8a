using System.Runtime.InteropServices;
using Semblance.Tensors;
using Semblance.Tokenizers;
using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace Semblance.Training.WordVectors;

/// <summary>
/// Trains a vector for each token of a vocabulary from co-occurrences: the largest eigenvectors of the matrix of positive pointwise mutual
/// information, which word2vec factorizes implicitly (Levy and Goldberg 2014).
/// </summary>
/// <remarks>
/// The settings are those of Levy, Goldberg and Dagan 2015, doi:10.1162/tacl_a_00134. Training takes minutes instead of the hours of a
/// transformer; word embeddings initialized with these vectors speed up all later training. Memory is four bytes for each token of the
/// texts and eight bytes for each pair of tokens that co-occur more often than by chance.
/// </remarks>
public sealed class WordVectorTrainer
{
    private const int Between = -1;

    private readonly Tokenizer _tokenizer;
    private readonly WordVectorOptions _options;
    private readonly TokenBuffer _buffer = new();
    private readonly List<int> _tokens = [];

    /// <summary>Initializes a new instance of the <see cref="WordVectorTrainer"/> class without texts.</summary>
    /// <param name="tokenizer">The tokenizer; special tokens are left out.</param>
    /// <param name="options">The options; <see langword="null"/> for the defaults.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of range, or there are more dimensions than tokens.</exception>
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

    /// <summary>Gets the number of tokens read so far.</summary>
    public int Tokens { get; private set; }

    /// <summary>Adds texts. Tokens of different texts do not co-occur.</summary>
    /// <param name="texts">The texts.</param>
    /// <param name="cancellationToken">The token that cancels the operation, between two texts.</param>
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

    /// <summary>Trains the vectors. The same texts and options give bit-identical results.</summary>
    /// <param name="progress">Receives the completed fraction, from 0 to 1.</param>
    /// <param name="cancellationToken">The token that cancels the operation.</param>
    /// <returns>
    /// The vectors, <c>[vocabulary × dimensions]</c>; each row is normalized, or zero for a token without co-occurrences above chance.
    /// </returns>
    /// <exception cref="InvalidOperationException">No texts were added, or no tokens co-occur more often than by chance.</exception>
    public Tensor Train(IProgress<double>? progress = null, CancellationToken cancellationToken = default)
    {
        var matrix = AssociationMatrix.Of(
            CollectionsMarshal.AsSpan(_tokens).ToArray(), _tokenizer.VocabularySize, _options.Window, _options.ContextSmoothing,
            cancellationToken);
        if (matrix.Count == 0)
        {
            throw new InvalidOperationException("No two tokens co-occur more often than by chance; add running text before training.");
        }

        progress?.Report(0.3);
        var vectors = LowRankFactors.Of(
            matrix, _options.Dimensions, _options.Iterations, _options.Seed, part => progress?.Report(0.3 + (0.7 * part)),
            cancellationToken);
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

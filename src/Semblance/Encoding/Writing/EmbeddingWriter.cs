using Semblance.Checkpoints;
using Semblance.Files;

namespace Semblance;

/// <summary>Writes embeddings one after another, to a file or to another destination that a derived class provides.</summary>
public abstract class EmbeddingWriter : IDisposable
{
    private const int ProgressStep = 1024;

    /// <summary>
    /// Creates a file. It appears under its name when all embeddings are written; otherwise nothing is left. The quantization ranges of
    /// int8 and uint8 are written to a file beside it.
    /// </summary>
    /// <param name="path">
    /// The file, whose extension selects the format: <c>.npy</c>, <c>.safetensors</c> (a tensor <c>embeddings</c>) or <c>.jsonl</c> (with
    /// the texts).
    /// </param>
    /// <param name="encoder">The encoder whose embeddings are written.</param>
    /// <returns>The writer.</returns>
    /// <exception cref="ArgumentException">
    /// The extension is not supported, or the vectors are bfloat16, which <c>.npy</c> does not have.
    /// </exception>
    /// <exception cref="IOException">The file cannot be created.</exception>
    public static EmbeddingWriter Create(string path, QuantizingEncoder encoder)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(encoder);
        var columns = Quantizer.ColumnsOf(encoder.Precision, encoder.Dimension);
        var type = encoder.Precision switch
        {
            Precision.Float32 => DType.F32,
            Precision.Float16 => DType.F16,
            Precision.BFloat16 => DType.BF16,
            Precision.Int8 or Precision.Binary => DType.I8,
            _ => DType.U8,
        };
        return Path.GetExtension(path) switch
        {
            ".npy" => new MatrixEmbeddingWriter(new NpyWriter(path, columns, type), path, encoder),
            ".safetensors" => new MatrixEmbeddingWriter(new SafetensorsRowWriter(path, columns, type: type), path, encoder),
            ".jsonl" => new JsonEmbeddingWriter(new AtomicFile(path), path, encoder),
            _ => throw new ArgumentException($"The output '{path}' must end with .npy or .safetensors or .jsonl.", nameof(path)),
        };
    }

    /// <summary>Creates a writer of JSON lines, <c>{"text":…,"embedding":[…]}</c>, to a stream.</summary>
    /// <param name="output">The stream, which stays open.</param>
    /// <param name="encoder">The encoder whose embeddings are written.</param>
    /// <returns>The writer.</returns>
    public static EmbeddingWriter JsonLines(Stream output, QuantizingEncoder encoder)
    {
        ArgumentNullException.ThrowIfNull(encoder);
        return new JsonEmbeddingWriter(output, encoder.Precision);
    }

    /// <summary>Writes all embeddings of a stream and completes the file.</summary>
    /// <param name="embeddings">The embeddings.</param>
    /// <param name="progress">Receives the number of embeddings written, after each 1,024.</param>
    /// <param name="cancellationToken">The token that cancels the operation.</param>
    /// <returns>The numbers of embeddings, tokens and truncated texts.</returns>
    public async Task<EmbeddingCounts> WriteAsync(
        IAsyncEnumerable<StoredEmbedding> embeddings, IProgress<long>? progress = null, CancellationToken cancellationToken = default)
    {
        var (count, tokens, truncated) = (0L, 0L, 0L);
        await foreach (var embedding in embeddings.WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            Write(embedding);
            count++;
            tokens += embedding.Embedding.TokenCount;
            truncated += embedding.Embedding.Truncated ? 1 : 0;
            if (count % ProgressStep == 0)
            {
                progress?.Report(count);
            }
        }

        Complete();
        return new EmbeddingCounts(count, tokens, truncated);
    }

    /// <summary>Writes one embedding.</summary>
    /// <param name="embedding">The embedding.</param>
    public abstract void Write(StoredEmbedding embedding);

    /// <summary>Completes the file, which then appears under its name.</summary>
    public abstract void Complete();

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Closes the file and removes it unless it is complete.</summary>
    /// <param name="disposing"><see langword="true"/> if the method is called from <see cref="Dispose()"/>.</param>
    protected abstract void Dispose(bool disposing);
}

using System.Runtime.CompilerServices;
using Semblance.Tensors;
using Semblance.Transformers.Images;

namespace Semblance;

/// <summary>Encodes streams of texts or images in bounded memory and quantizes their vectors.</summary>
/// <remarks>
/// Int8 and uint8 need the range of each element, which comes from <see cref="CalibrateAsync"/>, or else from the first 10,000 vectors. A
/// value outside the range is stored as the end of the range. The class is not thread-safe.
/// </remarks>
/// <example><code>
/// var encoder = new QuantizingEncoder(model, precision: Precision.Int8);
/// using var writer = EmbeddingWriter.Create("vectors.npy", encoder);
/// await writer.WriteAsync(encoder.EncodeAsync(texts));
/// </code></example>
/// <param name="model">The model.</param>
/// <param name="options">The options for encoding; null for the defaults.</param>
/// <param name="precision">The precision of the stored vectors; float32 by default.</param>
public sealed class QuantizingEncoder(SentenceTransformer model, EncodeOptions? options = null, Precision precision = Precision.Float32)
{
    private const int CalibrationTexts = 10_000;
    private const int ImagesAtOnce = 64;
    private const long PixelsAtOnce = 1 << 24;

    private Quantizer? _quantizer = precision == Precision.Float32 || Quantizer.NeedsRanges(precision)
        ? null
        : new Quantizer(precision, options?.Dimensions ?? model.Dimension);

    /// <summary>Gets the model.</summary>
    public SentenceTransformer Model { get; } = model;

    /// <summary>Gets the options for encoding.</summary>
    public EncodeOptions Options { get; } = options ?? EncodeOptions.Default;

    /// <summary>Gets the precision of the stored vectors.</summary>
    public Precision Precision { get; } = precision;

    /// <summary>Gets the number of elements of a vector before quantization.</summary>
    public int Dimension => Options.Dimensions ?? Model.Dimension;

    /// <summary>Gets the ranges of int8 and uint8 after calibration; null before it and for other precisions.</summary>
    public QuantizationRanges? Ranges => _quantizer?.Ranges;

    private bool NeedsCalibration => Quantizer.NeedsRanges(Precision) && _quantizer is null;

    /// <summary>
    /// Computes the ranges of elements from the vectors of other texts, if the precision needs ranges that are not yet known.
    /// </summary>
    /// <param name="texts">At least <see cref="QuantizationRanges.EnoughVectors"/> texts, similar to those to encode.</param>
    /// <param name="cancellationToken">The token that cancels the operation.</param>
    /// <exception cref="CalibrationException">There are too few texts.</exception>
    public async Task CalibrateAsync(IAsyncEnumerable<string> texts, CancellationToken cancellationToken = default)
    {
        if (NeedsCalibration)
        {
            var ranges = new QuantizationRanges(Dimension);
            var options = Options with { Counter = null };
            await foreach (var embedding in Model.EncodeAsync(texts, options, cancellationToken).ConfigureAwait(false))
            {
                ranges.Include(embedding.Vector.Span);
            }

            Calibrate(ranges);
        }
    }

    /// <summary>Encodes a stream of texts.</summary>
    /// <param name="texts">The texts to encode.</param>
    /// <param name="cancellationToken">The token that cancels the operation.</param>
    /// <returns>Each text with its vector and the stored bytes, in order.</returns>
    /// <exception cref="CalibrationException">There are too few texts for the ranges of int8 or uint8.</exception>
    public IAsyncEnumerable<StoredEmbedding> EncodeAsync(IAsyncEnumerable<string> texts, CancellationToken cancellationToken = default) =>
        StoreAsync(Model.EncodeAsync(texts, Options, cancellationToken), cancellationToken);

    /// <summary>Encodes a stream of images with a CLIP model.</summary>
    /// <param name="paths">The image files.</param>
    /// <param name="cancellationToken">The token that cancels the operation.</param>
    /// <returns>Each path with the vector of its image and the stored bytes, in order.</returns>
    /// <exception cref="ImageFormatException">A file is not a supported image.</exception>
    /// <exception cref="CalibrationException">There are too few images for the ranges of int8 or uint8.</exception>
    public IAsyncEnumerable<StoredEmbedding> EncodeImagesAsync(
        IAsyncEnumerable<string> paths, CancellationToken cancellationToken = default) =>
        StoreAsync(ReadImagesAsync(paths, cancellationToken), cancellationToken);

    /// <summary>Returns the vector that is restored from the stored bytes.</summary>
    /// <param name="embedding">An embedding from <see cref="EncodeAsync"/>.</param>
    /// <returns>The vector, <see cref="Dimension"/> elements.</returns>
    public ReadOnlyMemory<float> Restore(StoredEmbedding embedding)
    {
        ArgumentNullException.ThrowIfNull(embedding);
        if (_quantizer is null)
        {
            return embedding.Embedding.Vector;
        }

        var vector = new float[Dimension];
        _quantizer.Restore(embedding.Stored.Span, vector);
        return vector;
    }

    /// <summary>Quantizes and restores vectors. The first call determines the ranges if they are not yet known.</summary>
    /// <param name="embeddings">The vectors.</param>
    /// <returns>The restored vectors, <c>[vectors × dimension]</c>.</returns>
    /// <exception cref="CalibrationException">There are too few vectors for the ranges of int8 or uint8.</exception>
    public Tensor Restored(Embeddings embeddings)
    {
        CalibrateOn(embeddings);
        return _quantizer?.Restored(embeddings.Vectors) ?? embeddings.Vectors;
    }

    /// <summary>Quantizes vectors. The first call determines the ranges if they are not yet known.</summary>
    /// <param name="embeddings">The vectors.</param>
    /// <returns>The stored vectors, for search.</returns>
    /// <exception cref="CalibrationException">There are too few vectors for the ranges of int8 or uint8.</exception>
    public VectorMatrix Stored(Embeddings embeddings)
    {
        CalibrateOn(embeddings);
        return _quantizer is null ? VectorMatrix.Of(embeddings.Vectors) : VectorMatrix.Quantize(embeddings.Vectors, _quantizer);
    }

    private async IAsyncEnumerable<StoredEmbedding> StoreAsync(
        IAsyncEnumerable<Embedding> embeddings, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var waiting = new List<Embedding>();
        var ranges = new QuantizationRanges(Dimension);
        await foreach (var embedding in embeddings.WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            if (NeedsCalibration)
            {
                waiting.Add(embedding);
                ranges.Include(embedding.Vector.Span);
                if (waiting.Count < CalibrationTexts)
                {
                    continue;
                }

                Calibrate(ranges);
                foreach (var first in waiting)
                {
                    yield return Store(first);
                }

                waiting.Clear();
            }
            else
            {
                yield return Store(embedding);
            }
        }

        if (waiting.Count > 0)
        {
            Calibrate(ranges);
            foreach (var embedding in waiting)
            {
                yield return Store(embedding);
            }
        }
    }

    private async IAsyncEnumerable<Embedding> ReadImagesAsync(
        IAsyncEnumerable<string> paths, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        _ = Model.EncodeImages([], Options, null, cancellationToken); // throws for a model without images before a file is opened
        var (names, images, pixels) = (new List<string>(), new List<RgbImage>(), 0L);
        await foreach (var path in paths.WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            var image = ImageReader.Default.Read(path);
            names.Add(path);
            images.Add(image);
            pixels += (long)image.Width * image.Height;
            if (images.Count == ImagesAtOnce || pixels >= PixelsAtOnce)
            {
                foreach (var embedding in Encoded())
                {
                    yield return embedding;
                }

                pixels = 0;
            }
        }

        foreach (var embedding in Encoded())
        {
            yield return embedding;
        }

        Embedding[] Encoded()
        {
            var embeddings = Model.EncodeImages(images, Options, null, cancellationToken);
            Embedding[] encoded = [.. names.Select((name, i) => new Embedding(name, embeddings[i].ToArray(), 0, false))];
            names.Clear();
            images.Clear();
            return encoded;
        }
    }

    private void CalibrateOn(Embeddings embeddings)
    {
        ArgumentNullException.ThrowIfNull(embeddings);
        if (NeedsCalibration)
        {
            Calibrate(QuantizationRanges.Of(embeddings.Vectors));
        }
    }

    private void Calibrate(QuantizationRanges ranges) => _quantizer = ranges.Count >= QuantizationRanges.EnoughVectors
        ? new Quantizer(Precision, Dimension, ranges)
        : throw new CalibrationException(Precision, ranges.Count);

    private StoredEmbedding Store(Embedding embedding)
    {
        if (_quantizer is null)
        {
            return new StoredEmbedding(embedding, default);
        }

        var stored = new byte[_quantizer.ByteCount];
        _quantizer.Quantize(embedding.Vector.Span, stored);
        return new StoredEmbedding(embedding, stored);
    }
}

using System.Runtime.CompilerServices;
using Semblance.Cli.Input;
using Semblance.Files;
using Semblance.Tensors;
using Semblance.Transformers.Images;

namespace Semblance.Cli;

/// <summary>A model, and how the command line wants texts encoded with it.</summary>
/// <remarks>
/// int8 and uint8 need the range of each element. It comes from the texts that were given for it, or else from the first
/// 10,000 texts themselves; what lies beyond it later is stored as its end.
/// </remarks>
/// <param name="model">The model.</param>
/// <param name="options">How to encode.</param>
/// <param name="precision">How vectors are stored.</param>
internal sealed class Encoder(SentenceTransformer model, EncodeOptions options, Precision precision)
{
    private const int CalibrationTexts = 10_000;
    private const int ImagesAtOnce = 64;
    private const long PixelsAtOnce = 1 << 24;

    private Quantizer? _quantizer = precision == Precision.Float32 || Quantizer.NeedsRanges(precision)
        ? null
        : new Quantizer(precision, options.Dimensions ?? model.Dimension);

    /// <summary>The model.</summary>
    public SentenceTransformer Model => model;

    /// <summary>How to encode.</summary>
    public EncodeOptions Options => options;

    /// <summary>How vectors are stored.</summary>
    public Precision Precision => precision;

    /// <summary>The number of elements of a vector, before it is stored.</summary>
    public int Dimension => options.Dimensions ?? model.Dimension;

    /// <summary>The ranges of int8 and uint8, once they are known; null for the others.</summary>
    public QuantizationRanges? Ranges => _quantizer?.Ranges;

    private bool NeedsCalibration => Quantizer.NeedsRanges(precision) && _quantizer is null;

    /// <summary>Takes the ranges of elements from the vectors of other texts.</summary>
    public async Task CalibrateAsync(TextLines lines, CancellationToken cancellation)
    {
        if (NeedsCalibration)
        {
            var ranges = new QuantizationRanges(Dimension);
            await foreach (var embedding in model.EncodeAsync(lines.TextsAsync(cancellationToken: cancellation), options, cancellation).ConfigureAwait(false))
            {
                ranges.Include(embedding.Vector.Span);
            }

            Calibrate(ranges);
        }
    }

    /// <summary>Encodes a stream of texts, or of the images at paths, in bounded memory.</summary>
    /// <returns>Each text with its vector, and the bytes that are stored of it unless that is the vector itself.</returns>
    public async IAsyncEnumerable<(Embedding Embedding, byte[] Stored)> EncodeAsync(
        IAsyncEnumerable<string> texts, bool areImages, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var waiting = new List<Embedding>();
        var ranges = new QuantizationRanges(Dimension);
        await foreach (var embedding in (areImages ? EncodeImagesAsync(texts, cancellation) : model.EncodeAsync(texts, options, cancellation)).ConfigureAwait(false))
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
                    yield return (first, Store(first.Vector.Span));
                }

                waiting.Clear();
            }
            else
            {
                yield return (embedding, Store(embedding.Vector.Span));
            }
        }

        if (waiting.Count > 0)
        {
            Calibrate(ranges);
            foreach (var embedding in waiting)
            {
                yield return (embedding, Store(embedding.Vector.Span));
            }
        }
    }

    /// <summary>What is left of a vector of <see cref="EncodeAsync"/> once it was stored.</summary>
    public ReadOnlySpan<float> Restore((Embedding Embedding, byte[] Stored) encoded)
    {
        if (_quantizer is null)
        {
            return encoded.Embedding.Vector.Span;
        }

        var vector = new float[Dimension];
        _quantizer.Restore(encoded.Stored, vector);
        return vector;
    }

    /// <summary>What is left of vectors once they were stored. The first call gives the ranges, where they are still needed.</summary>
    public Tensor Restored(Embeddings embeddings)
    {
        if (NeedsCalibration)
        {
            Calibrate(QuantizationRanges.Of(embeddings.Vectors));
        }

        return _quantizer?.Restored(embeddings.Vectors) ?? embeddings.Vectors;
    }

    /// <summary>Vectors as they are stored. The first call gives the ranges, where they are still needed.</summary>
    public VectorMatrix Stored(Embeddings embeddings)
    {
        if (NeedsCalibration)
        {
            Calibrate(QuantizationRanges.Of(embeddings.Vectors));
        }

        return _quantizer is null ? VectorMatrix.Of(embeddings.Vectors) : VectorMatrix.Quantize(embeddings.Vectors, _quantizer);
    }

    /// <summary>Passes on how far an encoding is.</summary>
    public static IProgress<EncodeProgress> Part(IProgress<double> progress) => new Parts(progress);

    private async IAsyncEnumerable<Embedding> EncodeImagesAsync(IAsyncEnumerable<string> paths, [EnumeratorCancellation] CancellationToken cancellation)
    {
        _ = model.EncodeImages([], options, null, cancellation); // a model of texts says so before a file is looked for
        var (names, images, pixels) = (new List<string>(), new List<RgbImage>(), 0L);
        await foreach (var path in paths.WithCancellation(cancellation).ConfigureAwait(false))
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
            var embeddings = model.EncodeImages(images, options, null, cancellation);
            Embedding[] encoded = [.. names.Select((name, i) => new Embedding(name, embeddings[i].ToArray(), 0, false))];
            names.Clear();
            images.Clear();
            return encoded;
        }
    }

    private void Calibrate(QuantizationRanges ranges)
    {
        if (ranges.Count < QuantizationRanges.EnoughVectors)
        {
            var name = precision.ToString().ToLowerInvariant();
            throw new InputException(
                $"--precision {name}", $"the ranges of {ranges.Count} texts are a guess, and {QuantizationRanges.EnoughVectors} are needed; name more texts with --calibration, or use binary or float32.");
        }

        _quantizer = new Quantizer(precision, Dimension, ranges);
    }

    private byte[] Store(ReadOnlySpan<float> vector)
    {
        if (_quantizer is null)
        {
            return [];
        }

        var stored = new byte[_quantizer.ByteCount];
        _quantizer.Quantize(vector, stored);
        return stored;
    }

    private sealed class Parts(IProgress<double> progress) : IProgress<EncodeProgress>
    {
        public void Report(EncodeProgress value) => progress.Report((double)value.Done / value.Total);
    }
}

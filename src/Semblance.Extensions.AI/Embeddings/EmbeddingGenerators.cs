using Microsoft.Extensions.AI;
using Semblance.Transformers.Images;

namespace Semblance.Extensions.AI;

/// <summary>Provides the embedding generators of Microsoft.Extensions.AI for a <see cref="SentenceTransformer"/>.</summary>
/// <remarks>
/// The generators are thread-safe, and disposing them does nothing, as a model can be shared. A vector has the bits that the model's
/// <c>Encode</c> computes. The options of a request are <see cref="EmbeddingGenerationOptions.Dimensions"/>, the names of
/// <see cref="EmbeddingOptionNames"/>, and any <see cref="EncodeOptions"/> that
/// <see cref="EmbeddingGenerationOptions.RawRepresentationFactory"/> returns.
/// </remarks>
public static class EmbeddingGenerators
{
    /// <summary>Returns an embedding generator of texts.</summary>
    /// <param name="model">The model.</param>
    /// <param name="modelId">The name of the model in metadata and telemetry; <c>semblance</c> by default.</param>
    /// <param name="settings">The settings; <see langword="null"/> for the defaults.</param>
    public static IEmbeddingGenerator<string, Embedding<float>> AsEmbeddingGenerator(
        this SentenceTransformer model, string? modelId = null, EmbeddingSettings? settings = null) =>
        model.AsEmbeddingGenerator<Embedding<float>>(modelId, settings);

    /// <summary>Returns an embedding generator of texts with another type of embedding.</summary>
    /// <typeparam name="TEmbedding">
    /// <see cref="Embedding{T}"/> of <see cref="float"/>, <see cref="Half"/> or <see cref="sbyte"/>, or <see cref="BinaryEmbedding"/>.
    /// </typeparam>
    /// <param name="model">The model.</param>
    /// <param name="modelId">The name of the model in metadata and telemetry; <c>semblance</c> by default.</param>
    /// <param name="settings">The settings; <see langword="null"/> for the defaults.</param>
    /// <exception cref="NotSupportedException">The type of embedding is not supported.</exception>
    public static IEmbeddingGenerator<string, TEmbedding> AsEmbeddingGenerator<TEmbedding>(
        this SentenceTransformer model, string? modelId = null, EmbeddingSettings? settings = null)
        where TEmbedding : Microsoft.Extensions.AI.Embedding =>
        new TextEmbeddingGenerator<TEmbedding>(Source(model, modelId), settings ?? new EmbeddingSettings());

    /// <summary>Returns an embedding generator of images, for models that begin with CLIP.</summary>
    /// <param name="model">The model.</param>
    /// <param name="modelId">The name of the model in metadata and telemetry; <c>semblance</c> by default.</param>
    /// <param name="settings">The settings; <see langword="null"/> for the defaults.</param>
    /// <param name="reader">The reader of image files; <see langword="null"/> for PNG and JPEG.</param>
    public static IEmbeddingGenerator<DataContent, Embedding<float>> AsImageEmbeddingGenerator(
        this SentenceTransformer model, string? modelId = null, EmbeddingSettings? settings = null, ImageReader? reader = null) =>
        model.AsImageEmbeddingGenerator<Embedding<float>>(modelId, settings, reader);

    /// <summary>Returns an embedding generator of images with another type of embedding, for models that begin with CLIP.</summary>
    /// <typeparam name="TEmbedding">
    /// <see cref="Embedding{T}"/> of <see cref="float"/>, <see cref="Half"/> or <see cref="sbyte"/>, or <see cref="BinaryEmbedding"/>.
    /// </typeparam>
    /// <param name="model">The model.</param>
    /// <param name="modelId">The name of the model in metadata and telemetry; <c>semblance</c> by default.</param>
    /// <param name="settings">The settings; <see langword="null"/> for the defaults.</param>
    /// <param name="reader">The reader of image files; <see langword="null"/> for PNG and JPEG.</param>
    /// <exception cref="NotSupportedException">The type of embedding is not supported.</exception>
    public static IEmbeddingGenerator<DataContent, TEmbedding> AsImageEmbeddingGenerator<TEmbedding>(
        this SentenceTransformer model, string? modelId = null, EmbeddingSettings? settings = null, ImageReader? reader = null)
        where TEmbedding : Microsoft.Extensions.AI.Embedding =>
        new ImageEmbeddingGenerator<TEmbedding>(Source(model, modelId), settings ?? new EmbeddingSettings(), reader ?? ImageReader.Default);

    /// <summary>Sets the kind of the texts of a request: <see cref="EmbeddingOptionNames.InputType"/>.</summary>
    /// <param name="options">The options of the request, which are changed.</param>
    /// <param name="input">The kind of the texts.</param>
    /// <returns>The same options.</returns>
    public static EmbeddingGenerationOptions WithInput(this EmbeddingGenerationOptions options, EmbeddingInput input)
    {
        ArgumentNullException.ThrowIfNull(options);
        (options.AdditionalProperties ??= [])[EmbeddingOptionNames.InputType] = input;
        return options;
    }

    private static ModelSource<SentenceTransformer> Source(SentenceTransformer model, string? modelId) =>
        new(modelId ?? SemblanceTelemetry.ProviderName, model);
}

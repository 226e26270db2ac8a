using Microsoft.Extensions.AI;
using Microsoft.Extensions.VectorData.ProviderServices;

namespace Semblance.Extensions.AI;

/// <summary>
/// Computes the vectors of a property by its embedding generator. A generator of Semblance encodes what is stored as documents and what is
/// searched for as queries.
/// </summary>
internal static class PropertyEmbedder
{
    /// <summary>Returns the vectors of a property of several records.</summary>
    public static async Task<IReadOnlyList<ReadOnlyMemory<float>>> StoredAsync(
        VectorPropertyModel property, IReadOnlyList<object> records, CancellationToken cancellationToken)
    {
        var values = records.Select(property.GetValueAsObject).ToList();
        if (VectorValues.Supports(property.Type))
        {
            return [.. values.Select(value => VectorValues.TryConvert(value, out var vector) ? vector : throw Missing(property))];
        }

        if (values.Contains(null))
        {
            throw Missing(property);
        }

        if (Own(property) is { } generator && values.TrueForAll(value => value is string))
        {
            var generated = await generator.GenerateAsync(
                values.Cast<string>(), new EmbeddingGenerationOptions().WithInput(EmbeddingInput.Document), cancellationToken)
                .ConfigureAwait(false);
            return [.. generated.Select(embedding => embedding.Vector)];
        }

        var embeddings = await property.EmbeddingGenerationDispatcher!.GenerateEmbeddingsAsync(property, values, cancellationToken)
            .ConfigureAwait(false);
        return [.. embeddings.Cast<Embedding<float>>().Select(embedding => embedding.Vector)];
    }

    /// <summary>Returns the vector to search for.</summary>
    /// <exception cref="NotSupportedException">The value is not a vector, and there is no embedding generator.</exception>
    /// <exception cref="InvalidOperationException">The embedding generator takes values of another type.</exception>
    public static async Task<ReadOnlyMemory<float>> SearchedAsync<TInput>(
        VectorPropertyModel property, TInput value, CancellationToken cancellationToken)
        where TInput : notnull
    {
        if (VectorValues.TryConvert(value, out var vector))
        {
            return vector;
        }

        if (property.EmbeddingGenerator is null)
        {
            throw new NotSupportedException(VectorDataStrings.InvalidSearchInputAndNoEmbeddingGeneratorWasConfigured(
                value.GetType(), VectorValues.SupportedTypes));
        }

        if (value is string text && Own(property) is { } generator)
        {
            var generated = await generator.GenerateAsync(
                [text], new EmbeddingGenerationOptions().WithInput(EmbeddingInput.Query), cancellationToken).ConfigureAwait(false);
            return generated[0].Vector;
        }

        if (property.EmbeddingGenerationDispatcher is not { } dispatcher)
        {
            throw new InvalidOperationException(VectorDataStrings.IncompatibleEmbeddingGeneratorWasConfiguredForInputType(
                value.GetType(), property.EmbeddingGenerator.GetType()));
        }

        var embedding = await dispatcher.GenerateEmbeddingAsync(property, value, cancellationToken).ConfigureAwait(false);
        return ((Embedding<float>)embedding).Vector;
    }

    // A generator of Semblance, alone or under decorators such as a cache.
    private static IEmbeddingGenerator<string, Embedding<float>>? Own(VectorPropertyModel property) =>
        property.EmbeddingGenerator is IEmbeddingGenerator<string, Embedding<float>> generator
            && generator.GetService(typeof(ModelSource<SentenceTransformer>)) is not null ? generator : null;

    private static ArgumentException Missing(VectorPropertyModel property) =>
        new($"The vector property '{property.ModelName}' of a record is null; a record has a value for each vector property.");
}

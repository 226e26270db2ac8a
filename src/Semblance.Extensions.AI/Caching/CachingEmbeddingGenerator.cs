using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.AI;

namespace Semblance.Extensions.AI;

/// <summary>
/// Reads the vectors of texts from a cache, and computes and writes those that are missing. A key is a hash of the model's fingerprint, the
/// options and the text.
/// </summary>
internal sealed class CachingEmbeddingGenerator(
    IEmbeddingGenerator<string, Embedding<float>> inner, IEmbeddingEntries entries, EmbeddingCacheOptions settings)
    : DelegatingEmbeddingGenerator<string, Embedding<float>>(inner)
{
    // Whether the text was truncated, the number of elements, and the elements, little-endian.
    private const int HeaderLength = 5;

    public override async Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(
        IEnumerable<string> values, EmbeddingGenerationOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(values);
        var texts = values as IReadOnlyList<string> ?? [.. values];
        var metadata = InnerGenerator.GetService<EmbeddingGeneratorMetadata>();
        var modelId = options?.ModelId ?? metadata?.DefaultModelId;
        var scope = await ScopeAsync(options, modelId, cancellationToken).ConfigureAwait(false);
        var found = new Embedding<float>?[texts.Count];
        var missing = new Dictionary<string, List<int>>();
        for (var i = 0; i < found.Length; i++)
        {
            var key = Key(scope, texts[i] ?? throw new ArgumentException($"The text at index {i} is null.", nameof(values)));
            if (missing.TryGetValue(key, out var places))
            {
                places.Add(i);
            }
            else if (await entries.GetAsync(key, cancellationToken).ConfigureAwait(false) is { } entry && Read(entry) is { } embedding)
            {
                (embedding.ModelId, found[i]) = (modelId, embedding);
            }
            else
            {
                missing.Add(key, [i]);
            }
        }

        var usage = new UsageDetails { InputTokenCount = 0, TotalTokenCount = 0, CachedInputTokenCount = 0 };
        if (missing.Count > 0)
        {
            var computed = await base.GenerateAsync(
                missing.Values.Select(places => texts[places[0]]).ToList(), options, cancellationToken).ConfigureAwait(false);
            usage.Add(computed.Usage ?? new UsageDetails());
            foreach (var ((key, places), embedding) in missing.Zip(computed))
            {
                places.ForEach(place => found[place] = embedding);
                await entries.SetAsync(key, Write(embedding), cancellationToken).ConfigureAwait(false);
            }
        }

        return new GeneratedEmbeddings<Embedding<float>>(found!) { Usage = usage };
    }

    // Everything that changes a vector but the text.
    private async Task<string> ScopeAsync(EmbeddingGenerationOptions? options, string? modelId, CancellationToken cancellationToken)
    {
        if (InnerGenerator.GetService<ModelSource<SentenceTransformer>>() is { } source
            && InnerGenerator.GetService<EmbeddingSettings>() is { } defaults)
        {
            var request = EncodingRequest.Of(options, defaults, source.Id, InnerGenerator);
            var fingerprint = settings.ModelFingerprint
                ?? ModelFingerprint.Of(await source.GetAsync(cancellationToken).ConfigureAwait(false));
            return $"{fingerprint}\n{request.Key}";
        }

        return settings.ModelFingerprint is null
            ? throw new InvalidOperationException(
                "The cached embedding generator is not one of Semblance; set ModelFingerprint to a text that changes with its model.")
            : options?.RawRepresentationFactory is not null
                ? throw new NotSupportedException(
                    "The options that RawRepresentationFactory creates for another generator cannot be part of a key; leave it out.")
            : $"{settings.ModelFingerprint}\n{modelId}\n{options?.Dimensions}\n" + string.Join('\n',
                (options?.AdditionalProperties ?? []).OrderBy(entry => entry.Key, StringComparer.Ordinal)
                    .Select(entry => $"{entry.Key}={entry.Value}"));
    }

    private string Key(string scope, string text)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes(scope));
        hash.AppendData([0]);
        hash.AppendData(MemoryMarshal.AsBytes(text.AsSpan()));
        return $"{settings.KeyPrefix}:{Convert.ToHexStringLower(hash.GetHashAndReset())}";
    }

    private static byte[] Write(Embedding<float> embedding)
    {
        var entry = new byte[HeaderLength + (4 * embedding.Vector.Length)];
        entry[0] = (byte)(embedding.AdditionalProperties?.ContainsKey("truncated") == true ? 1 : 0);
        BinaryPrimitives.WriteInt32LittleEndian(entry.AsSpan(1), embedding.Vector.Length);
        for (var i = 0; i < embedding.Vector.Length; i++)
        {
            BinaryPrimitives.WriteSingleLittleEndian(entry.AsSpan(HeaderLength + (4 * i)), embedding.Vector.Span[i]);
        }

        return entry;
    }

    // An entry of another length, such as one that was cut off, counts as missing.
    private static Embedding<float>? Read(byte[] entry)
    {
        if (entry.Length < HeaderLength || BinaryPrimitives.ReadInt32LittleEndian(entry.AsSpan(1)) != (entry.Length - HeaderLength) / 4
            || (entry.Length - HeaderLength) % 4 != 0)
        {
            return null;
        }

        var vector = new float[(entry.Length - HeaderLength) / 4];
        for (var i = 0; i < vector.Length; i++)
        {
            vector[i] = BinaryPrimitives.ReadSingleLittleEndian(entry.AsSpan(HeaderLength + (4 * i)));
        }

        var embedding = new Embedding<float>(vector);
        if (entry[0] == 1)
        {
            embedding.AdditionalProperties = new() { ["truncated"] = true };
        }

        return embedding;
    }
}

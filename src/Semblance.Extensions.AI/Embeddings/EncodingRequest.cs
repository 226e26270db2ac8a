using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.AI;
using Semblance.Files;

namespace Semblance.Extensions.AI;

/// <summary>Represents the encoding options of one request: the settings of the generator, overridden by those of the request.</summary>
internal sealed record EncodingRequest(EncodeOptions Options, EmbeddingInput Input)
{
    /// <summary>Gets everything that changes a vector, as a text: part of the key of a cached vector.</summary>
    public string Key => string.Join('\n',
        Input, Text(Options.Prompt), Text(Options.PromptName), Text(Options.Route), Options.Truncation, Options.Normalize,
        string.Create(CultureInfo.InvariantCulture, $"{Options.Dimensions} {Options.ChunkSize} {Options.ChunkOverlap}"),
        Options.ChunkPooling);

    /// <summary>Combines settings and the options of a request.</summary>
    /// <exception cref="ArgumentException">An option is unknown, has a value of another type, or names another model.</exception>
    public static EncodingRequest Of(
        EmbeddingGenerationOptions? options, EmbeddingSettings settings, string modelId, IEmbeddingGenerator generator)
    {
        var encoding = options?.RawRepresentationFactory?.Invoke(generator) switch
        {
            null => settings.Encoding,
            EncodeOptions given => given,
            var other => throw new ArgumentException(
                $"RawRepresentationFactory returned a {other.GetType().Name}; return EncodeOptions, or null for the defaults.",
                nameof(options)),
        };
        if (options is null)
        {
            return new EncodingRequest(encoding, settings.Input);
        }

        if (options.ModelId is { } asked && asked != modelId)
        {
            throw new ArgumentException(
                $"The request is for the model '{asked}', but this generator has '{modelId}'; leave ModelId out, or use the generator of "
                + "that model.", nameof(options));
        }

        var input = settings.Input;
        foreach (var (name, value) in options.AdditionalProperties ?? [])
        {
            (encoding, input) = name switch
            {
                EmbeddingOptionNames.InputType => (encoding, EnumOf<EmbeddingInput>(name, value)),
                EmbeddingOptionNames.Prompt => (encoding with { Prompt = TextOf(name, value) }, input),
                EmbeddingOptionNames.PromptName => (encoding with { PromptName = TextOf(name, value) }, input),
                EmbeddingOptionNames.Route => (encoding with { Route = TextOf(name, value) }, input),
                EmbeddingOptionNames.Normalize => (encoding with { Normalize = BooleanOf(name, value) }, input),
                EmbeddingOptionNames.Truncation => (encoding with { Truncation = EnumOf<Truncation>(name, value) }, input),
                _ => throw new ArgumentException(
                    $"There is no option '{name}'; the options are {string.Join(", ", EmbeddingOptionNames.All)}."
                    + SimilarName.Question(name, EmbeddingOptionNames.All), nameof(options)),
            };
        }

        return new EncodingRequest(encoding with { Dimensions = options.Dimensions ?? encoding.Dimensions }, input);
    }

    /// <summary>Encodes texts as the options say.</summary>
    public Embeddings Encode(SentenceTransformer model, IReadOnlyList<string> texts, CancellationToken cancellationToken) => Input switch
    {
        EmbeddingInput.Query => model.EncodeQuery(texts, Options, null, cancellationToken),
        EmbeddingInput.Document => model.EncodeDocument(texts, Options, null, cancellationToken),
        _ => model.Encode(texts, Options, null, cancellationToken),
    };

    private static string Text(string? text) => text is null ? "" : $"{text.Length}:{text}";

    private static string? TextOf(string name, object? value) => value switch
    {
        null => null,
        string text => text,
        JsonElement { ValueKind: JsonValueKind.Null } => null,
        JsonElement { ValueKind: JsonValueKind.String } json => json.GetString(),
        _ => throw Wrong(name, value, "a string"),
    };

    private static bool BooleanOf(string name, object? value) => value switch
    {
        bool flag => flag,
        JsonElement { ValueKind: JsonValueKind.True or JsonValueKind.False } json => json.GetBoolean(),
        _ => throw Wrong(name, value, "true or false"),
    };

    private static TEnum EnumOf<TEnum>(string name, object? value)
        where TEnum : struct, Enum =>
        value is TEnum given && Enum.IsDefined(given) ? given
        : TextOf(name, value is TEnum ? null : value) is { } text && Enum.TryParse<TEnum>(text, ignoreCase: true, out var parsed)
            && Enum.IsDefined(parsed) && !char.IsAsciiDigit(text[0]) ? parsed
        : throw Wrong(name, value, string.Join(", ", Enum.GetNames<TEnum>().Select(each => each.ToLowerInvariant())));

    private static ArgumentException Wrong(string name, object? value, string expected) =>
        new($"The option '{name}' is {(value is null ? "null" : $"'{value}' ({value.GetType().Name})")}; {expected} is expected.");
}

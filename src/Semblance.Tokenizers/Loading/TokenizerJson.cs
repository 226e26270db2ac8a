using System.Buffers;
using System.Text.Json;
using System.Text.Json.Nodes;
using Semblance.Tokenizers.Decoders;
using Semblance.Tokenizers.Models;
using Semblance.Tokenizers.Normalizers;
using Semblance.Tokenizers.PostProcessors;
using Semblance.Tokenizers.PreTokenizers;

namespace Semblance.Tokenizers.Loading;

/// <summary>Represents the components that the files of a tokenizer describe.</summary>
/// <param name="AddedTokens">The added tokens.</param>
/// <param name="Normalizer">The normalizer, or <see langword="null"/>.</param>
/// <param name="PreTokenizer">The pre-tokenizer, or <see langword="null"/>.</param>
/// <param name="Model">The model.</param>
/// <param name="PostProcessor">The post-processor.</param>
/// <param name="Decoder">The decoder, or <see langword="null"/>.</param>
internal sealed record TokenizerJson(
    IReadOnlyList<AddedToken> AddedTokens,
    Normalizer? Normalizer,
    PreTokenizer? PreTokenizer,
    Model Model,
    PostProcessor PostProcessor,
    Decoder? Decoder)
{
    /// <summary>Gets the maximum length in the <c>truncation</c> section, or <see langword="null"/>.</summary>
    public int? TruncationLength { get; private init; }

    /// <summary>Gets the side in the <c>truncation</c> section, or <see langword="null"/>.</summary>
    public Side? TruncationSide { get; private init; }

    /// <summary>Gets the side in the <c>padding</c> section, or <see langword="null"/>.</summary>
    public Side? PaddingSide { get; private init; }

    /// <summary>Gets the token in the <c>padding</c> section, or <see langword="null"/>.</summary>
    public string? PaddingToken { get; private init; }

    /// <summary>
    /// Gets a function that returns the file with the changes by the files beside it; <see langword="null"/> if no tokenizer.json is read
    /// or made.
    /// </summary>
    public Func<byte[]>? Write { get; private init; }

    /// <summary>Reads tokenizer.json, or the files of a vocabulary instead of it, and applies the files beside it.</summary>
    public static TokenizerJson Read(TokenizerFiles files, TokenizerConfiguration configuration)
    {
        if (files[TokenizerFiles.Json] is null)
        {
            if (files[TokenizerFiles.BpeVocabulary] is not null)
            {
                return BpeFiles.Read(files, configuration).Extended(configuration);
            }

            if (TokenizerFiles.SentencePieceModels.FirstOrDefault(file => files[file] is not null) is { } name)
            {
                return SentencePieceFiles.Read(files, name, configuration).Extended(configuration);
            }

            if (files[TokenizerFiles.Vocabulary] is null)
            {
                throw new TokenizerFormatException(
                    $"{files.PathOf(TokenizerFiles.Json)}: the file is missing, and so is {TokenizerFiles.Vocabulary}; a tokenizer needs one of them, or "
                    + $"{TokenizerFiles.BpeVocabulary} with {TokenizerFiles.Merges}, or a SentencePiece model "
                    + $"({string.Join(", ", TokenizerFiles.SentencePieceModels)}).");
            }

            files = new TokenizerFiles(Path.GetDirectoryName(files.PathOf(TokenizerFiles.Json))!)
            {
                [TokenizerFiles.Json] = BertFiles.FromVocabularyFile(files, configuration),
                Warnings = files.Warnings,
            };
        }

        var root = files.ReadJson(TokenizerFiles.Json)!.Value.Check(TokenizerKeys.Root);
        var overrides = new ComponentOverrides(root, configuration);
        var model = Model.Read(root.Required("model"));
        var added = new AddedVocabulary(model);
        var listed = ReadAddedTokens(root, added);
        var own = added.Tokens;
        configuration.Extend(added, listed);
        if (!own.SequenceEqual(added.Tokens))
        {
            overrides.Replace("added_tokens", new JsonArray([.. added.Tokens.Select(Node)]));
        }

        var postProcessor = ReadPostProcessor(overrides);
        if (ConfiguredTemplate.Of(configuration, postProcessor, added.IdOf) is { } template)
        {
            overrides.Replace("post_processor", template);
            postProcessor = ReadPostProcessor(overrides);
        }

        var truncation = root.Optional("truncation")?.Check(TokenizerKeys.Truncation);
        var padding = root.Optional("padding")?.Check(TokenizerKeys.Padding);
        return new TokenizerJson(
            added.Tokens,
            overrides["normalizer"] is { } normalizer ? Normalizer.Read(normalizer) : null,
            overrides["pre_tokenizer"] is { } preTokenizer ? PreTokenizer.Read(preTokenizer) : null,
            model,
            postProcessor,
            overrides["decoder"] is { } decoder ? Decoder.Read(decoder) : null)
        {
            TruncationLength = truncation?.Required("max_length").TokenId(),
            TruncationSide = ReadSide(truncation),
            PaddingSide = ReadSide(padding),
            PaddingToken = padding?.Optional("pad_token")?.Text(),
            Write = () => overrides.Changes.Count == 0 ? files[TokenizerFiles.Json]! : WriteChanged(root.Element, overrides.Changes),
        };
    }

    /// <summary>Returns these components with the tokens that the configuration names.</summary>
    private TokenizerJson Extended(TokenizerConfiguration configuration)
    {
        var added = new AddedVocabulary(Model);
        added.Add(AddedTokens);
        configuration.Extend(added, []);
        return this with { AddedTokens = added.Tokens };
    }

    private static Side? ReadSide(JsonSection? section) =>
        section?.Optional("direction") is { } side ? TokenizerConfiguration.ReadSide(side, "Left", "Right") : null;

    private static PostProcessor ReadPostProcessor(ComponentOverrides overrides) =>
        overrides["post_processor"] is { } json ? PostProcessor.Read(json) : PostProcessor.None;

    /// <summary>Adds the tokens of the list and returns them with the ids in the file.</summary>
    private static List<AddedToken> ReadAddedTokens(JsonSection json, AddedVocabulary added)
    {
        var listed = new List<AddedToken>();
        foreach (var item in json.Optional("added_tokens")?.Items() ?? [])
        {
            listed.Add(TokenizerConfiguration.ReadAddedToken(item, item.Required("id").TokenId()));
        }

        added.Add(listed);
        if (listed.FirstOrDefault(token => added.Find(token.Content) is { } found && found.Id != token.Id) is { } moved)
        {
            json.Required("added_tokens").Warn(
                $"'{moved.Content}' has the id {moved.Id} in the file and {added.IdOf(moved.Content)} here: tokens that are not in the vocabulary are "
                + "numbered after it, as the tokenizers library does it");
        }

        return listed;
    }

    /// <summary>Returns an added token as the file has it.</summary>
    internal static JsonObject Node(AddedToken token) => new()
    {
        ["id"] = token.Id,
        ["content"] = token.Content,
        ["single_word"] = token.SingleWord,
        ["lstrip"] = token.TrimLeft,
        ["rstrip"] = token.TrimRight,
        ["normalized"] = token.Normalized,
        ["special"] = token.Special,
    };

    private static byte[] WriteChanged(JsonElement root, IReadOnlyDictionary<string, JsonElement> changes)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, BertFiles.Indented))
        {
            json.WriteStartObject();
            foreach (var member in root.EnumerateObject().Where(member => !changes.ContainsKey(member.Name)))
            {
                member.WriteTo(json);
            }

            foreach (var (name, value) in changes)
            {
                json.WritePropertyName(name);
                value.WriteTo(json);
            }

            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }
}

using Semblance.Tokenizers.Decoders;
using Semblance.Tokenizers.Models;
using Semblance.Tokenizers.Normalizers;
using Semblance.Tokenizers.PostProcessors;
using Semblance.Tokenizers.PreTokenizers;

namespace Semblance.Tokenizers.Loading;

/// <summary>The components that a tokenizer.json describes.</summary>
internal sealed record TokenizerJson(
    IReadOnlyList<AddedToken> AddedTokens,
    Normalizer? Normalizer,
    PreTokenizer? PreTokenizer,
    Model Model,
    PostProcessor PostProcessor,
    Decoder? Decoder,
    int? TruncationLength,
    Side? TruncationSide = null)
{
    /// <summary>Reads tokenizer.json, or what stands for it where there is but a vocabulary.</summary>
    public static TokenizerJson Read(TokenizerFiles files, TokenizerConfiguration configuration)
    {
        if (files[TokenizerFiles.Json] is null)
        {
            if (files[TokenizerFiles.BpeVocabulary] is not null)
            {
                return BpeFiles.Read(files, configuration);
            }

            if (TokenizerFiles.SentencePieceModels.FirstOrDefault(file => files[file] is not null) is { } name)
            {
                return SentencePieceFiles.Read(files, name, configuration);
            }

            if (files[TokenizerFiles.Vocabulary] is null)
            {
                throw new TokenizerFormatException(
                    $"{files.PathOf(TokenizerFiles.Json)}: is missing, and so is {TokenizerFiles.Vocabulary}; a tokenizer needs one of them, or {TokenizerFiles.BpeVocabulary} with {TokenizerFiles.Merges}, or a SentencePiece model ({string.Join(", ", TokenizerFiles.SentencePieceModels)}).");
            }

            files = new TokenizerFiles(Path.GetDirectoryName(files.PathOf(TokenizerFiles.Json))!)
            {
                [TokenizerFiles.Json] = BertFiles.FromVocabularyFile(files, configuration),
            };
        }

        var json = files.ReadJson(TokenizerFiles.Json)!.Value;
        var model = Model.Read(json.Required("model"));
        return new TokenizerJson(
            ReadAddedTokens(json, model),
            json.Optional("normalizer") is { } normalizer ? ReadNormalizer(normalizer, configuration) : null,
            json.Optional("pre_tokenizer") is { } preTokenizer ? PreTokenizer.Read(preTokenizer) : null,
            model,
            json.Optional("post_processor") is { } postProcessor ? PostProcessor.Read(postProcessor) : PostProcessor.None,
            json.Optional("decoder") is { } decoder ? Decoder.Read(decoder) : null,
            json.Optional("truncation") is { } truncation ? truncation.Required("max_length").TokenId() : null,
            json.Optional("truncation")?.Optional("direction") is { } direction ? TokenizerConfiguration.ReadSide(direction, "Left", "Right") : null);
    }

    /// <summary>As in the reference, the options of tokenizer_config.json win over those of a BertNormalizer.</summary>
    private static Normalizer ReadNormalizer(JsonSection json, TokenizerConfiguration configuration) =>
        json.Type() == "BertNormalizer" ? BertNormalizer.Read(json, configuration) : Normalizer.Read(json);

    /// <summary>The vocabulary's id of a token wins over the one in the list; empty tokens don't count.</summary>
    private static AddedToken[] ReadAddedTokens(JsonSection json, Model model)
    {
        var tokens = new Dictionary<string, AddedToken>();
        foreach (var item in json.Optional("added_tokens")?.Items() ?? [])
        {
            var token = TokenizerConfiguration.ReadAddedToken(item, item.Required("id").TokenId());
            if (token.Content.Length > 0)
            {
                tokens[token.Content] = token with { Id = model.TokenToId(token.Content) ?? token.Id };
            }
        }

        return [.. tokens.Values.DistinctBy(token => token.Id)];
    }
}

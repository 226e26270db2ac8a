using Semblance.Tokenizers;

namespace Semblance.Fuzzing;

/// <summary>The kinds of tokenizer files.</summary>
internal static class TokenizerTargets
{
    /// <summary>One target for each.</summary>
    public static IReadOnlyList<FuzzTarget> All { get; } =
    [
        Target("tokenizer.json", [.. TokenizerSeeds.Json]),
        Target("vocab.txt", [TokenizerSeeds.Bert]),
        Target("merges.txt", [TokenizerSeeds.ByteLevelBpe]),
        Target("sentencepiece-unigram", [TokenizerSeeds.SentencePiece(isBpe: false), TokenizerSeeds.SentencePiece(isBpe: false, "XLMRobertaTokenizer"), TokenizerSeeds.SentencePiece(isBpe: false, "T5Tokenizer"), TokenizerSeeds.SentencePiece(isBpe: false, "CamembertTokenizer")]),
        Target("sentencepiece-bpe", [TokenizerSeeds.SentencePiece(isBpe: true), TokenizerSeeds.SentencePiece(isBpe: true, "AlbertTokenizer")]),
    ];

    private static FuzzTarget Target(string name, FuzzInput[] seeds) =>
        new(name, seeds, input => TokenizerCheck.Use(Tokenizer.Load(input.Folder)), typeof(TokenizerFormatException));
}

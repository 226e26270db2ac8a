using Semblance.Tokenizers.Decoders;
using Semblance.Tokenizers.Models;
using Semblance.Tokenizers.Normalizers;
using Semblance.Tokenizers.Patterns;
using Semblance.Tokenizers.PostProcessors;
using Semblance.Tokenizers.PreTokenizers;

namespace Semblance.Tokenizers.Loading;

/// <summary>The components of a byte-level BPE tokenizer given as vocab.json and merges.txt: GPT-2, RoBERTa or CLIP.</summary>
internal static class BpeFiles
{
    private const string Supported = "CLIPTokenizer, GPT2Tokenizer, RobertaTokenizer";

    /// <summary>Reads the two files.</summary>
    public static TokenizerJson Read(TokenizerFiles files, TokenizerConfiguration configuration)
    {
        var vocabulary = Vocabulary.Read(files.ReadJson(TokenizerFiles.BpeVocabulary)!.Value);
        var merges = new BpeMerges([.. ReadMerges(files, vocabulary)]);
        var className = configuration.ClassName?.Replace("Fast", "", StringComparison.Ordinal);
        return className switch
        {
            null or "GPT2Tokenizer" => Gpt2(vocabulary, merges, configuration),
            "RobertaTokenizer" => Roberta(vocabulary, merges, configuration),
            "CLIPTokenizer" => Clip(vocabulary, merges, configuration),
            _ => throw new TokenizerFormatException(
                $"{files.PathOf(TokenizerFiles.BpeVocabulary)}: the tokenizer '{className}' cannot be read from {TokenizerFiles.BpeVocabulary} and {TokenizerFiles.Merges} alone; supported are {Supported}. Save it with a {TokenizerFiles.Json}."),
        };
    }

    private static TokenizerJson Gpt2(Vocabulary vocabulary, BpeMerges merges, TokenizerConfiguration configuration)
    {
        var prefix = configuration.Flag("add_prefix_space") ?? false;
        var added = Added(vocabulary, configuration, ["<|endoftext|>"]);
        return new TokenizerJson(
            added, null, new ByteLevel(prefix, useRegex: true), new Bpe(vocabulary, merges, new BpeOptions()),
            new ByteLevelProcessing(trimOffsets: false, prefix), new ByteLevelDecoder(), null);
    }

    private static TokenizerJson Roberta(Vocabulary vocabulary, BpeMerges merges, TokenizerConfiguration configuration)
    {
        var prefix = configuration.Flag("add_prefix_space") ?? false;
        var (cls, sep) = (configuration.SpecialToken("cls_token") ?? "<s>", configuration.SpecialToken("sep_token") ?? "</s>");
        var added = Added(vocabulary, configuration, [cls, "<pad>", sep, "<unk>"], "<mask>");
        return new TokenizerJson(
            added, null, new ByteLevel(prefix, useRegex: true), new Bpe(vocabulary, merges, new BpeOptions()),
            new RobertaProcessing(IdOf(added, cls), IdOf(added, sep), trimOffsets: true, prefix), new ByteLevelDecoder(), null);
    }

    private static TokenizerJson Clip(Vocabulary vocabulary, BpeMerges merges, TokenizerConfiguration configuration)
    {
        var (start, end) = (configuration.SpecialToken("bos_token") ?? "<|startoftext|>", configuration.SpecialToken("eos_token") ?? "<|endoftext|>");
        var added = Added(vocabulary, configuration, [start, end]);
        return new TokenizerJson(
            added,
            new NormalizerSequence([new UnicodeForm(composes: true, compatibility: false), new Replace(KnownPattern.WhiteSpace, " "), new Lowercase()]),
            new PreTokenizerSequence([new Splitting(KnownPattern.Clip, SplitBehavior.Removed, invert: true), new ByteLevel(addPrefixSpace: false, useRegex: true)]),
            new Bpe(vocabulary, merges, new BpeOptions { Suffix = "</w>", UnknownToken = end }),
            new RobertaProcessing(IdOf(added, start), IdOf(added, end), trimOffsets: false, addPrefixSpace: false),
            new ByteLevelDecoder(),
            null);
    }

    /// <summary>The special tokens; those that the vocabulary lacks get the next ids.</summary>
    private static AddedToken[] Added(Vocabulary vocabulary, TokenizerConfiguration configuration, string[] special, string? mask = null)
    {
        var next = vocabulary.Size;
        var added = new List<AddedToken>();
        foreach (var token in mask is null ? special : [.. special, mask])
        {
            var id = vocabulary.IdOf(token) is var known and >= 0 ? known : next++;
            added.Add(new AddedToken(id, token, SingleWord: false, TrimLeft: token == mask, TrimRight: false, Normalized: false, Special: true));
        }

        return [.. added, .. configuration.AddedTokens().Where(token => !added.Any(other => other.Content == token.Content))];
    }

    private static int IdOf(AddedToken[] added, string token) => added.First(other => other.Content == token).Id;

    private static IEnumerable<(int Left, int Right, int Id)> ReadMerges(TokenizerFiles files, Vocabulary vocabulary)
    {
        var path = files.PathOf(TokenizerFiles.Merges);
        if (files[TokenizerFiles.Merges] is null)
        {
            throw new TokenizerFormatException($"{path}: is missing; {TokenizerFiles.BpeVocabulary} needs it beside it.");
        }

        var number = 0;
        foreach (var line in files.ReadText(TokenizerFiles.Merges, "a merge a line").Split('\n').Select(line => line.TrimEnd('\r')))
        {
            number++;
            if (line.Length == 0 || line.StartsWith("#version", StringComparison.Ordinal))
            {
                continue;
            }

            TokenizerFormatException Error(string message) => new($"{path}: line {number}: {message}.");
            yield return line.Split(' ') is [var left, var right]
                ? Bpe.MergeOf(vocabulary, left, right, "", Error)
                : throw Error($"found '{line}', expected two tokens with a space between them");
        }
    }
}

using Semblance.Tokenizers.Decoders;
using Semblance.Tokenizers.Models;
using Semblance.Tokenizers.Normalizers;
using Semblance.Tokenizers.Patterns;
using Semblance.Tokenizers.PostProcessors;
using Semblance.Tokenizers.PreTokenizers;

namespace Semblance.Tokenizers.Loading;

/// <summary>Reads the components of a byte-level BPE tokenizer from vocab.json and merges.txt: GPT-2, RoBERTa or CLIP.</summary>
internal static class BpeFiles
{
    private const string Supported = "CLIPTokenizer, GPT2Tokenizer, RobertaTokenizer";

    /// <summary>Reads the two files.</summary>
    public static TokenizerJson Read(TokenizerFiles files, TokenizerConfiguration configuration)
    {
        var vocabulary = Vocabulary.Read(files.ReadJson(TokenizerFiles.BpeVocabulary)!.Value);
        var merges = new BpeMerges([.. ReadMerges(files, vocabulary)]);
        return configuration.ClassName switch
        {
            null or "GPT2Tokenizer" => Gpt2(vocabulary, merges, configuration),
            "RobertaTokenizer" => Roberta(vocabulary, merges, configuration),
            "CLIPTokenizer" => Clip(vocabulary, merges, configuration),
            var className => throw new TokenizerFormatException(
                $"{files.PathOf(TokenizerFiles.BpeVocabulary)}: the tokenizer class '{className}' cannot be read from {TokenizerFiles.BpeVocabulary} and "
                + $"{TokenizerFiles.Merges} alone; supported are {Supported}. Save the tokenizer with a {TokenizerFiles.Json}."),
        };
    }

    private static TokenizerJson Gpt2(Vocabulary vocabulary, BpeMerges merges, TokenizerConfiguration configuration)
    {
        var prefix = configuration.Flag("add_prefix_space") ?? false;
        string[] names = ["bos_token", "eos_token", "unk_token"];
        var added = Added(vocabulary, [.. names.Select(name => configuration.SpecialToken(name) ?? "<|endoftext|>")]);
        var (begin, first, second) = (TemplatePiece.Special(added[0].Id, 0), TemplatePiece.Text(0, 0), TemplatePiece.Text(1, 1));
        return new TokenizerJson(
            added, null, new ByteLevel(prefix, useRegex: true), new Bpe(vocabulary, merges, new BpeOptions()),
            configuration.Flag("add_bos_token") ?? false
                ? new TemplateProcessing([begin, first], [begin, first, second])
                : new ByteLevelProcessing(trimOffsets: false, prefix),
            new ByteLevelDecoder());
    }

    private static TokenizerJson Roberta(Vocabulary vocabulary, BpeMerges merges, TokenizerConfiguration configuration)
    {
        var prefix = configuration.Flag("add_prefix_space") ?? false;
        var (cls, sep) = (configuration.SpecialToken("cls_token") ?? "<s>", configuration.SpecialToken("sep_token") ?? "</s>");
        var (pad, unknown) = (configuration.SpecialToken("pad_token") ?? "<pad>", configuration.SpecialToken("unk_token") ?? "<unk>");
        var added = Added(vocabulary, [cls, pad, sep, unknown], configuration.SpecialToken("mask_token") ?? "<mask>");
        return new TokenizerJson(
            added, null, new ByteLevel(prefix, useRegex: true), new Bpe(vocabulary, merges, new BpeOptions()),
            new RobertaProcessing(IdOf(added, cls), IdOf(added, sep), configuration.Flag("trim_offsets") ?? true, prefix),
            new ByteLevelDecoder());
    }

    private static TokenizerJson Clip(Vocabulary vocabulary, BpeMerges merges, TokenizerConfiguration configuration)
    {
        var start = configuration.SpecialToken("bos_token") ?? "<|startoftext|>";
        var end = configuration.SpecialToken("eos_token") ?? "<|endoftext|>";
        var added = Added(vocabulary, [start, end]);
        return new TokenizerJson(
            added,
            new NormalizerSequence(
                [new UnicodeForm(composes: true, compatibility: false), new Replace(KnownPattern.WhiteSpace, " "), new Lowercase()]),
            new PreTokenizerSequence(
                [new Splitting(KnownPattern.Clip, SplitBehavior.Removed, invert: true), new ByteLevel(addPrefixSpace: false, useRegex: true)]),
            new Bpe(vocabulary, merges, new BpeOptions { Suffix = "</w>", UnknownToken = end }),
            new RobertaProcessing(IdOf(added, start), IdOf(added, end), trimOffsets: false, addPrefixSpace: false),
            new ByteLevelDecoder());
    }

    /// <summary>Returns the special tokens; a token that is not in the vocabulary gets the next id.</summary>
    private static AddedToken[] Added(Vocabulary vocabulary, string[] special, string? mask = null)
    {
        var next = vocabulary.Trie.Count;
        var added = new List<AddedToken>();
        foreach (var token in special.Append(mask).OfType<string>().Distinct())
        {
            var id = vocabulary.IdOf(token) is var known and >= 0 ? known : next++;
            added.Add(new AddedToken(id, token, SingleWord: false, TrimLeft: token == mask, TrimRight: false, Normalized: false, Special: true));
        }

        return [.. added];
    }

    private static int IdOf(AddedToken[] added, string token) => added.First(other => other.Content == token).Id;

    private static IEnumerable<(int Left, int Right, int Id)> ReadMerges(TokenizerFiles files, Vocabulary vocabulary)
    {
        var path = files.PathOf(TokenizerFiles.Merges);
        if (files[TokenizerFiles.Merges] is null)
        {
            throw new TokenizerFormatException($"{path}: the file is missing; {TokenizerFiles.BpeVocabulary} needs it.");
        }

        var number = 0;
        var text = files.ReadText(TokenizerFiles.Merges, "one merge per line");
        foreach (var line in text.Split('\n').Select(line => line.TrimEnd('\r')))
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

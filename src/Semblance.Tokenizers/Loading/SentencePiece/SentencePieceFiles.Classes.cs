using System.Globalization;
using Semblance.Tokenizers.Decoders;
using Semblance.Tokenizers.Normalizers;
using Semblance.Tokenizers.Patterns;
using Semblance.Tokenizers.PostProcessors;
using Semblance.Tokenizers.PreTokenizers;

namespace Semblance.Tokenizers.Loading;

/// <content>The components of each tokenizer class.</content>
internal sealed partial class SentencePieceFiles
{
    private TokenizerJson Albert()
    {
        // "9," costs 100 more, so that a number and its comma become two pieces.
        for (var id = 0; id < _pieces.Count; id++)
        {
            var (text, score) = _pieces[id];
            _pieces[id] = EndsInDigitAndComma(text) ? (text, score - 100) : (text, score);
        }

        Special("pad_token", "<pad>");
        Special("unk_token", "<unk>");
        var (cls, sep) = (Special("cls_token", "[CLS]"), Special("sep_token", "[SEP]"));
        Special("mask_token", "[MASK]", trimLeft: true);
        List<Normalizer> normalizers = [new Replace(new FixedPattern("``"), "\""), new Replace(new FixedPattern("''"), "\"")];
        if (!(_configuration.Flag("keep_accents") ?? false))
        {
            normalizers.AddRange([new UnicodeForm(composes: false, compatibility: true), new StripAccents()]);
        }

        if (_configuration.Flag("do_lower_case") ?? true)
        {
            normalizers.Add(new Lowercase());
        }

        normalizers.AddRange([.. Map(), new Replace(new SpaceRunPattern(), " ")]);
        return Make(normalizers, Metaspace(), BertTemplate(cls, sep));
    }

    private TokenizerJson DebertaV2()
    {
        var (cls, sep) = (Special("cls_token", "[CLS]"), Special("sep_token", "[SEP]"));
        Special("unk_token", "[UNK]", normalized: true);
        Special("pad_token", "[PAD]");
        Special("mask_token", "[MASK]");
        List<Normalizer> normalizers = [new Strip(left: true, right: true), .. Map(), new Replace(new SpaceRunPattern(), " ")];
        if (_configuration.Flag("do_lower_case") ?? false)
        {
            normalizers.Insert(0, new Lowercase());
        }

        PreTokenizer preTokenizer = _configuration.Flag("split_by_punct") ?? false
            ? new PreTokenizerSequence([CharacterSplit.Punctuation(SplitBehavior.Isolated), Metaspace()])
            : Metaspace();
        return Make(normalizers, preTokenizer, BertTemplate(cls, sep));
    }

    private TokenizerJson XlmRoberta()
    {
        _pieces.RemoveRange(0, Math.Min(3, _pieces.Count));
        _pieces.InsertRange(0, [("<s>", 0), ("<pad>", 0), ("</s>", 0), ("<unk>", 0)]);
        _unknown = 3;
        Special("pad_token", "<pad>");
        Special("unk_token", "<unk>");
        var (cls, sep) = (Special("cls_token", "<s>"), Special("sep_token", "</s>"));
        _pieces.Add(("<mask>", 0));
        Special("mask_token", "<mask>", trimLeft: true);
        return Make(UsualNormalizers(), Metaspace(), new RobertaProcessing(cls, sep, trimOffsets: false, addPrefixSpace: false));
    }

    private TokenizerJson Camembert()
    {
        _pieces.RemoveAt(0);
        _pieces.InsertRange(0, [("<s>NOTUSED", 0), ("<pad>", 0), ("</s>NOTUSED", 0), ("<unk>", 0), ("<unk>NOTUSED", -100)]);
        _unknown = 3;
        foreach (var token in (ReadOnlySpan<string>)["<s>NOTUSED", "</s>NOTUSED", "<unk>NOTUSED"])
        {
            Add(token, trimLeft: false, trimRight: false, normalized: false);
        }

        Special("pad_token", "<pad>");
        Special("unk_token", "<unk>");
        var (cls, sep) = (Special("cls_token", "<s>"), Special("sep_token", "</s>"));
        _pieces.Add(("<mask>", 0));
        Special("mask_token", "<mask>", trimLeft: true);
        return Make(UsualNormalizers(), Metaspace(), new RobertaProcessing(cls, sep, trimOffsets: false, addPrefixSpace: false));
    }

    private TokenizerJson T5()
    {
        const int MostExtra = 10_000;
        var extra = _configuration.Number("extra_ids") ?? 100;
        if (extra > MostExtra)
        {
            throw _model.Error($"{TokenizerFiles.Configuration} has extra_ids {extra}, expected at most {MostExtra}");
        }

        Special("unk_token", "<unk>");
        var sep = Special("eos_token", "</s>");
        for (var id = extra - 1; id >= 0; id--)
        {
            _pieces.Add(($"<extra_id_{id}>", 0));
            Add($"<extra_id_{id}>", trimLeft: true, trimRight: true, normalized: false);
        }

        Special("pad_token", "<pad>");
        var (end, first, second) = (TemplatePiece.Special(sep, 0), TemplatePiece.Text(0, 0), TemplatePiece.Text(1, 0));
        var scheme = Scheme();
        return Make(
            UsualNormalizers(), new Metaspace('▁', scheme, split: true), new TemplateProcessing([first, end], [first, end, second, end]), new MetaspaceDecoder('▁', scheme));
    }

    private TokenizerJson MBart(string[] languages)
    {
        _pieces.RemoveRange(0, Math.Min(3, _pieces.Count));
        _pieces.InsertRange(0, [("<s>", 0), ("<pad>", 0), ("</s>", 0), ("<unk>", 0)]);
        _pieces.AddRange(languages.Select(language => (language, 0f)));
        _pieces.Add(("<mask>", 0));
        _unknown = 3;
        foreach (var (name, usual) in ((string, string)[])[("bos_token", "<s>"), ("eos_token", "</s>"), ("pad_token", "<pad>"), ("unk_token", "<unk>")])
        {
            Special(name, usual);
        }

        Special("mask_token", "<mask>", trimLeft: true);
        foreach (var language in languages)
        {
            Add(language, trimLeft: false, trimRight: false, normalized: false);
        }

        var source = _configuration.Text("src_lang") ?? "en_XX";
        return Make(UsualNormalizers(), Metaspace(), Read(ConfiguredTemplate.ForLanguage(_configuration, source, IdOf)));
    }

    private TokenizerJson Llama()
    {
        Special("unk_token", "<unk>");
        Special("bos_token", "<s>");
        Special("eos_token", "</s>");
        var addsSpace = _configuration.Flag("add_prefix_space") ?? true;
        var isLegacy = _configuration.Flag("legacy") ?? true;
        Normalizer[] normalizers = !isLegacy ? [] : [.. addsSpace ? [new Prepend("▁")] : (Normalizer[])[], new Replace(new FixedPattern(" "), "▁")];
        return Make(
            normalizers, isLegacy ? null : new Metaspace('▁', Scheme(), split: false), Ends("<s>", "</s>"), BytesDecoder(takesSpace: addsSpace), byteFallback: true,
            addsUserDefined: true);
    }

    private TokenizerJson Gemma()
    {
        // Older models have no piece for the tab, which then replaces its byte.
        if (!_pieces.Exists(piece => piece.Text == "\t") && _pieces.FindIndex(piece => piece.Text == "<0x09>") is var tab and >= 0)
        {
            _pieces[tab] = ("\t", 0);
        }

        _unknown = 3;
        foreach (var (name, usual) in ((string, string)[])[("pad_token", "<pad>"), ("eos_token", "<eos>"), ("bos_token", "<bos>"), ("unk_token", "<unk>")])
        {
            Special(name, usual);
        }

        var preTokenizer = new Splitting(new FixedPattern(" "), SplitBehavior.MergedWithPrevious, invert: false);
        return Make([new Replace(new FixedPattern(" "), "▁")], preTokenizer, Ends("<bos>", "<eos>"), BytesDecoder(takesSpace: false), byteFallback: true, addsUserDefined: true);
    }

    private static bool EndsInDigitAndComma(string piece) =>
        piece.Length > 1 && piece[^1] == ',' && CharUnicodeInfo.GetDigitValue(piece, piece.Length - (piece.Length > 2 && char.IsSurrogatePair(piece, piece.Length - 3) ? 3 : 2)) >= 0;
}

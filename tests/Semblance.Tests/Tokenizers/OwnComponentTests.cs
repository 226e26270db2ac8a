using Semblance.Tokenizers;
using Semblance.Tokenizers.Decoders;
using Semblance.Tokenizers.Models;
using Semblance.Tokenizers.Normalizers;
using Semblance.Tokenizers.PostProcessors;
using Semblance.Tokenizers.PreTokenizers;

namespace Semblance.Tests.Tokenizers;

/// <summary>Components that are written outside the library, with its public types alone, and named in a tokenizer.json.</summary>
public class OwnComponentTests
{
    private const string Json = """
        {
          "version": "1.0",
          "normalizer": {"type": "Own.Soften", "from": "ß", "to": "ss"},
          "pre_tokenizer": {"type": "Own.Pairs"},
          "post_processor": {"type": "Own.Twice", "id": 7},
          "decoder": {"type": "Own.Brackets"},
          "model": {"type": "Own.CodeUnits"}
        }
        """;

    static OwnComponentTests()
    {
        Normalizer.Types.Add("Own.Soften", json => new Soften(json.Text("from")[0], json.Text("to")), "from", "to");
        PreTokenizer.Types.Add("Own.Pairs", _ => new Pairs());
        Model.Types.Add("Own.CodeUnits", _ => new CodeUnits());
        PostProcessor.Types.Add("Own.Twice", json => new Twice(json.Number("id", 0)), "id");
        Decoder.Types.Add("Own.Brackets", _ => new Brackets());
    }

    [Fact]
    public void Components_of_a_program_are_used_as_the_file_names_them()
    {
        var tokenizer = Tokenizer.FromJson(Json);
        tokenizer.Warnings.ShouldBeEmpty();
        var encoding = tokenizer.Encode("aßb");
        encoding.Ids.ToArray().ShouldBe([7, 'a', 's', 's', 'b', 7]);
        encoding.Offsets.ToArray().ShouldBe([(0, 0), (0, 1), (1, 2), (1, 2), (2, 3), (0, 0)]);
        tokenizer.Decode(['a', 'b']).ShouldBe("[a][b]");
    }

    [Fact]
    public void A_key_that_a_component_of_a_program_does_not_name_is_a_warning() =>
        Tokenizer.FromJson(Json.Replace("\"Own.Pairs\"", "\"Own.Pairs\", \"size\": 3", StringComparison.Ordinal)).Warnings.ShouldHaveSingleItem()
            .ShouldBe("tokenizer.json: pre_tokenizer: the key 'size' is not known and was ignored.");

    private sealed class Soften(char from, string to) : Normalizer
    {
        public override double Growth => to.Length;

        public override void Normalize(NormalizedText text)
        {
            var old = text.Rewrite();
            for (var i = 0; i < old.Length; i++)
            {
                if (old[i] != from)
                {
                    text.Keep(i, i + 1);
                    continue;
                }

                foreach (var rune in to.EnumerateRunes())
                {
                    text.Append(rune.Value, i);
                }
            }
        }
    }

    private sealed class Pairs : PreTokenizer
    {
        public override void Split(NormalizedText text, WordList words)
        {
            foreach (var word in words.Restart())
            {
                for (var start = word.Start; start < word.End; start += 2)
                {
                    words.Add(new Word(start, Math.Min(start + 2, word.End)));
                }
            }
        }
    }

    private sealed class CodeUnits : Model
    {
        public override int Size => 1 << 16;

        public override int Count => Size;

        public override int? UnknownId => null;

        public override int? TokenToId(string token) => token.Length == 1 ? token[0] : null;

        public override string? IdToToken(int id) => id is >= 0 and <= char.MaxValue ? ((char)id).ToString() : null;

        public override void Tokenize(ReadOnlySpan<char> text, int start, int end, TokenList tokens)
        {
            for (var i = start; i < end; i++)
            {
                tokens.Add(text[i], i, i + 1);
            }
        }
    }

    private sealed class Twice(int id) : PostProcessor(
        [TemplatePiece.Special(id, 0), TemplatePiece.Text(0, 0), TemplatePiece.Special(id, 0)],
        [TemplatePiece.Text(0, 0), TemplatePiece.Special(id, 0), TemplatePiece.Text(1, 1)]);

    private sealed class Brackets : Decoder
    {
        public override List<string> DecodeChain(List<string> tokens) => tokens.ConvertAll(token => $"[{token}]");
    }
}

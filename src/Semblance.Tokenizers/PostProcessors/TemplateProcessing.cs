using Semblance.Tokenizers.Loading;

namespace Semblance.Tokenizers.PostProcessors;

/// <summary>Adds special tokens by the templates of the file for a text and for a pair.</summary>
internal sealed class TemplateProcessing(TemplatePiece[] single, TemplatePiece[] pair) : PostProcessor(single, pair)
{
    /// <summary>Reads a post-processor of type TemplateProcessing.</summary>
    public static new TemplateProcessing Read(JsonSection json) =>
        new(ReadTemplate(json, "single"), ReadTemplate(json, "pair"));

    private static TemplatePiece[] ReadTemplate(JsonSection json, string name)
    {
        const int MostPieces = 4096;
        var pieces = new List<TemplatePiece>();
        foreach (var piece in json.Required(name).Items())
        {
            piece.Check(TokenizerKeys.TemplatePart);
            if (piece.Optional("Sequence")?.Check(TokenizerKeys.TemplatePiece) is { } text)
            {
                pieces.Add(TemplatePiece.Text(text.Text("id") == "B" ? 1 : 0, text.Number("type_id", 0)));
                if (pieces.Count(one => one.Sequence == pieces[^1].Sequence) > 1)
                {
                    throw piece.Error($"the template '{name}' has the text '{text.Text("id")}' twice, expected once");
                }
            }
            else
            {
                var special = piece.Required("SpecialToken").Check(TokenizerKeys.TemplatePiece);
                var ids = json.Required("special_tokens").Required(special.Text("id")).Check(TokenizerKeys.TemplateToken).Required("ids");
                pieces.AddRange(ids.Items().Select(id => TemplatePiece.Special(id.TokenId(), special.Number("type_id", 0))));
            }

            if (pieces.Count > MostPieces)
            {
                throw json.Error($"the template '{name}' has more than {MostPieces} parts");
            }
        }

        return [.. pieces];
    }
}

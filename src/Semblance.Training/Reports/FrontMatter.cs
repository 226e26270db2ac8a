using System.Text;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Semblance.Training;

/// <summary>
/// Represents the YAML front matter of a model card, which the Hugging Face Hub reads (huggingface.co/docs/hub/model-cards).
/// </summary>
internal sealed class FrontMatter
{
    private readonly YamlMappingNode _head = [];

    /// <summary>Adds a node under a key.</summary>
    public void Add(string key, YamlNode value) => _head.Add(key, value);

    /// <summary>Adds a quoted text; <see langword="null"/> and empty texts are skipped.</summary>
    public void AddText(string key, string? text)
    {
        if (!string.IsNullOrEmpty(text))
        {
            _head.Add(key, Text(text));
        }
    }

    /// <summary>Adds a list of texts; an empty list is skipped.</summary>
    public void AddTexts(string key, IEnumerable<string> texts)
    {
        var list = new YamlSequenceNode(texts.Select(Text));
        if (list.Children.Count > 0)
        {
            _head.Add(key, list);
        }
    }

    /// <summary>Returns a quoted text, so that <c>no</c> stays a text; unpaired surrogates become U+FFFD, as in any UTF-8 file.</summary>
    public static YamlScalarNode Text(string text) => new(Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text)))
    {
        Style = ScalarStyle.DoubleQuoted,
    };

    /// <summary>Returns the front matter with its delimiter lines.</summary>
    public override string ToString()
    {
        var yaml = new StringWriter { NewLine = "\n" };
        new YamlStream(new YamlDocument(_head)).Save(yaml, assignAnchors: false);
        return $"---\n{yaml.ToString()[..^"...\n".Length]}---\n";
    }
}

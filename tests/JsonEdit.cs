using System.Text.Json.Nodes;

namespace Semblance.Tests;

/// <summary>Changes one value of a JSON file.</summary>
internal static class JsonEdit
{
    /// <summary>Sets what a path such as <c>1.type</c> or <c>text_config.hidden_act</c> leads to; the last name may be new.</summary>
    public static void Set(string file, string path, string json)
    {
        var root = JsonNode.Parse(File.ReadAllText(file))!;
        var names = path.Split('.');
        var node = names[..^1].Aggregate(root, (node, name) => node is JsonArray list ? list[int.Parse(name)]! : node[name]!);
        if (node is JsonArray array)
        {
            array[int.Parse(names[^1])] = JsonNode.Parse(json);
        }
        else
        {
            node[names[^1]] = JsonNode.Parse(json);
        }

        File.WriteAllText(file, root.ToJsonString());
    }
}

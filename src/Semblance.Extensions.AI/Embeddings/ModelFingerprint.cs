using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Semblance.Extensions.AI;

/// <summary>
/// Identifies a model by what it computes: a hash of the vectors of some texts. Two copies of a model agree; another revision, compute type
/// or set of weights does not.
/// </summary>
internal static class ModelFingerprint
{
    private static readonly string[] Texts = ["The weather is fine today.", "今天天气很好。", "How can I change my password?"];

    private static readonly ConditionalWeakTable<SentenceTransformer, string> Known = [];

    /// <summary>Returns the fingerprint of a model, computed once.</summary>
    public static string Of(SentenceTransformer model) => Known.GetValue(model, static each =>
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var vectors = each.Encode(Texts, new EncodeOptions { Prompt = "" });
        for (var i = 0; i < vectors.Count; i++)
        {
            hash.AppendData(MemoryMarshal.AsBytes(vectors[i]));
        }

        foreach (var (name, prompt) in each.Config.Prompts.OrderBy(entry => entry.Key, StringComparer.Ordinal))
        {
            hash.AppendData(MemoryMarshal.AsBytes($"{name}\n{prompt}\n".AsSpan()));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    });
}

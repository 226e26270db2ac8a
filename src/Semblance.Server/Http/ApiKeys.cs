using System.Security.Cryptography;
using System.Text;

namespace Semblance.Server;

/// <summary>Compares the key of a request with those of the server, in a time that does not depend on them.</summary>
internal sealed class ApiKeys
{
    private const string Scheme = "Bearer ";

    private readonly byte[][] _hashes;

    public ApiKeys(ServerOptions options) => _hashes = [.. options.ApiKeys.Select(Hash)];

    /// <summary>Gets a value that indicates whether requests need a key.</summary>
    public bool AreRequired => _hashes.Length > 0;

    /// <summary>Returns whether a header has one of the keys.</summary>
    /// <param name="authorization">The value of the header <c>Authorization</c>.</param>
    public bool Accept(string? authorization)
    {
        if (authorization is null || !authorization.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
        {
            return false;
        }

        var hash = Hash(authorization[Scheme.Length..].Trim());
        var found = false;
        foreach (var known in _hashes)
        {
            found |= CryptographicOperations.FixedTimeEquals(hash, known);
        }

        return found;
    }

    private static byte[] Hash(string key) => SHA256.HashData(Encoding.UTF8.GetBytes(key));
}

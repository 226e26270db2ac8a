namespace Semblance.Server.Tests.Clients;

/// <summary>A test that runs clients of Node, skipped where npm cannot install them.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class ClientsFactAttribute : FactAttribute
{
    public ClientsFactAttribute() => Skip = NodeClients.Problem;
}

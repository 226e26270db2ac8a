using System.Runtime.CompilerServices;
using Semblance.Tensors.Instructions;

namespace Semblance.Tensors.Kernels;

/// <summary>Computes one panel of a matrix product, for any number of rows.</summary>
internal static unsafe class TileColumn<TLanes>
    where TLanes : struct, ILanes<TLanes>
{
    /// <summary>Computes c = a · panel in tiles that fit the register file. The step is above 1 if a is transposed.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Multiply(float* a, nint strideA, int rows, float* panel, int depth, float* c, nint strideC, nint stepA = 1)
    {
        while (rows > 0)
        {
            var tile = TallestTile(rows);
            Tile(tile, a, strideA, stepA, panel, depth, c, strideC);
            a += tile * strideA;
            c += tile * strideC;
            rows -= tile;
        }
    }

    /// <summary>
    /// Returns the number of rows to compute at once. The last two tiles share the rest: one row alone would take as long as four.
    /// </summary>
    public static int TallestTile(int rows) =>
        rows >= 2 * TLanes.TileRows ? TLanes.TileRows : rows > TLanes.TileRows ? (rows + 1) / 2 : rows;

    /// <summary>Computes one tile of the given number of rows, at most as many as fit the register file.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Tile(int rows, float* a, nint strideA, nint stepA, float* panel, int depth, float* c, nint strideC)
    {
        switch (rows)
        {
            case 1:
                MatrixTile<TLanes, Rows1>.Multiply(a, strideA, stepA, panel, depth, c, strideC);
                break;
            case 2:
                MatrixTile<TLanes, Rows2>.Multiply(a, strideA, stepA, panel, depth, c, strideC);
                break;
            case 3:
                MatrixTile<TLanes, Rows3>.Multiply(a, strideA, stepA, panel, depth, c, strideC);
                break;
            case 4:
                MatrixTile<TLanes, Rows4>.Multiply(a, strideA, stepA, panel, depth, c, strideC);
                break;
            case 5:
                MatrixTile<TLanes, Rows5>.Multiply(a, strideA, stepA, panel, depth, c, strideC);
                break;
            case 6:
                MatrixTile<TLanes, Rows6>.Multiply(a, strideA, stepA, panel, depth, c, strideC);
                break;
            case 7:
                MatrixTile<TLanes, Rows7>.Multiply(a, strideA, stepA, panel, depth, c, strideC);
                break;
            case 8:
                MatrixTile<TLanes, Rows8>.Multiply(a, strideA, stepA, panel, depth, c, strideC);
                break;
            case 9:
                MatrixTile<TLanes, Rows9>.Multiply(a, strideA, stepA, panel, depth, c, strideC);
                break;
            case 10:
                MatrixTile<TLanes, Rows10>.Multiply(a, strideA, stepA, panel, depth, c, strideC);
                break;
            case 11:
                MatrixTile<TLanes, Rows11>.Multiply(a, strideA, stepA, panel, depth, c, strideC);
                break;
            case 12:
                MatrixTile<TLanes, Rows12>.Multiply(a, strideA, stepA, panel, depth, c, strideC);
                break;
            case 13:
                MatrixTile<TLanes, Rows13>.Multiply(a, strideA, stepA, panel, depth, c, strideC);
                break;
            case 14:
                MatrixTile<TLanes, Rows14>.Multiply(a, strideA, stepA, panel, depth, c, strideC);
                break;
        }
    }
}
